package nlu

import "time"

// zhHoliday is a holiday's place in the year.
type zhHoliday struct {
	month time.Month // of a fixed one
	day   int        // of a fixed one; days after the festival of a lunar one
	lunar []int      // month*100+day from firstLunarYear on
	qing  bool       // 清明, which follows the sun
}

const firstLunarYear = 2024

// The festivals of the lunar calendar from 2024 to 2035, month and day in
// UTC+8. Not checked against an official table: do so before adding years.
var (
	springFestival = []int{210, 129, 217, 206, 126, 213, 203, 123, 211, 131, 219, 208}
	dragonBoat     = []int{610, 531, 619, 609, 528, 616, 605, 624, 612, 601, 620, 610}
	doubleSeventh  = []int{810, 829, 819, 808, 826, 816, 805, 824, 812, 801, 820, 810}
	midAutumn      = []int{917, 1006, 925, 915, 1003, 922, 912, 1001, 919, 908, 927, 916}
	doubleNinth    = []int{1011, 1029, 1018, 1008, 1026, 1016, 1005, 1024, 1012, 1001, 1020, 1009}
)

var zhHolidays = zhTable(
	zhMeaning[zhHoliday]{"元旦 元旦节", zhHoliday{month: 1, day: 1}},
	zhMeaning[zhHoliday]{"情人节", zhHoliday{month: 2, day: 14}},
	zhMeaning[zhHoliday]{"妇女节 三八节 三八妇女节", zhHoliday{month: 3, day: 8}},
	zhMeaning[zhHoliday]{"植树节", zhHoliday{month: 3, day: 12}},
	zhMeaning[zhHoliday]{"愚人节", zhHoliday{month: 4, day: 1}},
	zhMeaning[zhHoliday]{"清明 清明节", zhHoliday{qing: true}},
	zhMeaning[zhHoliday]{"劳动节 五一 五一节 五一劳动节 五一假期", zhHoliday{month: 5, day: 1}},
	zhMeaning[zhHoliday]{"青年节 五四青年节", zhHoliday{month: 5, day: 4}},
	zhMeaning[zhHoliday]{"儿童节 六一 六一儿童节 六一节", zhHoliday{month: 6, day: 1}},
	zhMeaning[zhHoliday]{"建党节 七一建党节", zhHoliday{month: 7, day: 1}},
	zhMeaning[zhHoliday]{"建军节 八一建军节", zhHoliday{month: 8, day: 1}},
	zhMeaning[zhHoliday]{"教师节", zhHoliday{month: 9, day: 10}},
	zhMeaning[zhHoliday]{"国庆 国庆节 十一国庆 十一假期 十一长假 十一黄金周 十一期间 十一国庆节", zhHoliday{month: 10, day: 1}},
	zhMeaning[zhHoliday]{"双十一 双11 光棍节", zhHoliday{month: 11, day: 11}},
	zhMeaning[zhHoliday]{"双十二 双12", zhHoliday{month: 12, day: 12}},
	zhMeaning[zhHoliday]{"平安夜", zhHoliday{month: 12, day: 24}},
	zhMeaning[zhHoliday]{"圣诞 圣诞节", zhHoliday{month: 12, day: 25}},
	zhMeaning[zhHoliday]{"除夕 年三十 大年三十 除夕夜", zhHoliday{day: -1, lunar: springFestival}},
	zhMeaning[zhHoliday]{"春节 大年初一 年初一 正月初一 过年 新春佳节 农历新年", zhHoliday{lunar: springFestival}},
	zhMeaning[zhHoliday]{"大年初二 年初二 正月初二", zhHoliday{day: 1, lunar: springFestival}},
	zhMeaning[zhHoliday]{"大年初三 年初三 正月初三", zhHoliday{day: 2, lunar: springFestival}},
	zhMeaning[zhHoliday]{"大年初四 年初四 正月初四", zhHoliday{day: 3, lunar: springFestival}},
	zhMeaning[zhHoliday]{"大年初五 年初五 正月初五", zhHoliday{day: 4, lunar: springFestival}},
	zhMeaning[zhHoliday]{"大年初六 年初六 正月初六", zhHoliday{day: 5, lunar: springFestival}},
	zhMeaning[zhHoliday]{"大年初七 年初七 正月初七", zhHoliday{day: 6, lunar: springFestival}},
	zhMeaning[zhHoliday]{"大年初八 年初八 正月初八", zhHoliday{day: 7, lunar: springFestival}},
	zhMeaning[zhHoliday]{"元宵 元宵节 正月十五", zhHoliday{day: 14, lunar: springFestival}},
	zhMeaning[zhHoliday]{"端午 端午节", zhHoliday{lunar: dragonBoat}},
	zhMeaning[zhHoliday]{"七夕 七夕节", zhHoliday{lunar: doubleSeventh}},
	zhMeaning[zhHoliday]{"中秋 中秋节 八月十五中秋", zhHoliday{lunar: midAutumn}},
	zhMeaning[zhHoliday]{"重阳 重阳节", zhHoliday{lunar: doubleNinth}},
)

// in is the holiday's noon in a year; false where the tables end.
func (h zhHoliday) in(year int, zone *time.Location) (time.Time, bool) {
	month, day := h.month, h.day
	switch {
	case h.qing:
		// The sun's longitude is 15° on 4 or 5 April; the rule of thumb holds from 2000 to 2099.
		y := year % 100
		month, day = time.April, int(float64(y)*0.2422+4.81)-y/4
	case h.lunar != nil:
		k := year - firstLunarYear
		if k < 0 || k >= len(h.lunar) {
			return time.Time{}, false
		}
		month, day = time.Month(h.lunar[k]/100), h.lunar[k]%100+h.day
	}
	return time.Date(year, month, day, 12, 0, 0, 0, zone), true
}

// holiday reads a holiday at i; year 0: the next one. Before and after one are
// no days.
func (t zhText) holiday(i int, now time.Time, year int) (time.Time, int) {
	h, n := zhHolidays.at(t, i)
	if n == 0 || t.arabicAt(i-1) || t.digitAt(i-1) && t.digitAt(i) {
		return time.Time{}, 0
	}
	if t.one(i+n, "前", "后", "之前", "以前", "之后", "以后", "快乐", "路", "街", "回来") > 0 && t.one(i+n, "后天", "前天") == 0 || t.digitAt(i) && (t.digitAt(i+n) || t.in(i+n, "点月号日十百千个块元天年")) {
		return time.Time{}, 0
	}
	if year != 0 {
		d, ok := h.in(year, now.Location())
		if !ok {
			return time.Time{}, 0
		}
		return d, n
	}
	today := noon(now)
	for y := now.Year(); y <= now.Year()+1; y++ {
		if d, ok := h.in(y, now.Location()); ok && !d.Before(today) {
			return d, n
		}
	}
	return time.Time{}, 0
}
