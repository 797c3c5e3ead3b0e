package nlu

import "strings"

// zhPlateProvinces are the characters licence plates begin with (GA 36).
const zhPlateProvinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

// zhPlateHeard are recognisers' spellings of them.
var zhPlateHeard = runeMap("月粤越粤约粤岳粤路鲁卤鲁户沪护沪互沪经京精京惊京酥苏素苏折浙这浙者浙穿川船川饿鄂恶鄂二鄂碗皖晚皖玩皖干赣敢赣记冀季冀继冀玉豫遇豫育豫香湘乡湘相湘敏闽民闽于渝鱼渝余渝语渝贯桂跪桂今晋进晋近晋山陕闪陕极吉急吉鸡吉情青清青轻青藏藏仓藏穷琼勤琼聊辽了辽嘿黑和黑心新辛新")

// zhProvinceNames may be said for their character: 广东B12345.
var zhProvinceNames = zhTable(
	zhMeaning[rune]{"北京", '京'}, zhMeaning[rune]{"天津", '津'}, zhMeaning[rune]{"上海", '沪'}, zhMeaning[rune]{"重庆", '渝'}, zhMeaning[rune]{"河北", '冀'},
	zhMeaning[rune]{"河南", '豫'}, zhMeaning[rune]{"云南", '云'}, zhMeaning[rune]{"辽宁", '辽'}, zhMeaning[rune]{"黑龙江", '黑'}, zhMeaning[rune]{"湖南", '湘'},
	zhMeaning[rune]{"安徽", '皖'}, zhMeaning[rune]{"山东", '鲁'}, zhMeaning[rune]{"新疆", '新'}, zhMeaning[rune]{"江苏", '苏'}, zhMeaning[rune]{"浙江", '浙'},
	zhMeaning[rune]{"江西", '赣'}, zhMeaning[rune]{"湖北", '鄂'}, zhMeaning[rune]{"广西", '桂'}, zhMeaning[rune]{"甘肃", '甘'}, zhMeaning[rune]{"山西", '晋'},
	zhMeaning[rune]{"内蒙古 内蒙", '蒙'}, zhMeaning[rune]{"陕西", '陕'}, zhMeaning[rune]{"吉林", '吉'}, zhMeaning[rune]{"福建", '闽'}, zhMeaning[rune]{"贵州", '贵'},
	zhMeaning[rune]{"广东", '粤'}, zhMeaning[rune]{"青海", '青'}, zhMeaning[rune]{"西藏", '藏'}, zhMeaning[rune]{"四川", '川'}, zhMeaning[rune]{"宁夏", '宁'}, zhMeaning[rune]{"海南", '琼'},
)

// zhLetters are the letters of the alphabet as Chinese hear and write them.
var zhLetters = zhTable(
	zhMeaning[byte]{"诶 哎 唉 欸 埃", 'a'}, zhMeaning[byte]{"比 必 逼 笔 毕", 'b'}, zhMeaning[byte]{"西 希 c 惜", 'c'}, zhMeaning[byte]{"弟 迪 地 滴 低 帝", 'd'},
	zhMeaning[byte]{"伊 易", 'e'}, zhMeaning[byte]{"艾弗 爱抚 艾福 爱福 艾夫 埃夫", 'f'}, zhMeaning[byte]{"记 鸡 寄 计", 'g'}, zhMeaning[byte]{"艾尺 爱吃 艾吃 埃尺 艾曲", 'h'},
	zhMeaning[byte]{"爱 艾", 'i'}, zhMeaning[byte]{"杰 街 接 借 勾儿 桀", 'j'}, zhMeaning[byte]{"开 凯 克", 'k'}, zhMeaning[byte]{"艾勒 艾奥 艾欧 爱了 埃勒 艾路", 'l'},
	zhMeaning[byte]{"艾姆 爱母 埃姆 艾木 爱慕", 'm'}, zhMeaning[byte]{"恩 嗯 摁", 'n'}, zhMeaning[byte]{"欧 哦 噢", 'o'}, zhMeaning[byte]{"皮 屁 披", 'p'}, zhMeaning[byte]{"丘 扣 秋 球 圈儿", 'q'},
	zhMeaning[byte]{"阿 啊 啊尔 阿尔 阿儿", 'r'}, zhMeaning[byte]{"艾斯 爱思 埃斯 爱死", 's'}, zhMeaning[byte]{"踢 提 梯 题 体 替", 't'}, zhMeaning[byte]{"优 有 由 油 右", 'u'},
	zhMeaning[byte]{"威 维 微 薇 位", 'v'}, zhMeaning[byte]{"达不溜 打不溜 达不六 大不溜 达布溜 答不溜 哒不溜", 'w'}, zhMeaning[byte]{"艾克斯 埃克斯 爱克斯 叉 ×", 'x'},
	zhMeaning[byte]{"歪 外", 'y'}, zhMeaning[byte]{"贼 贼德 在德 兹 zed zee", 'z'},
)

// plateLetter reads one letter, written or as it sounds.
func (t zhText) plateLetter(i int) (letter byte, used int) {
	if r := t.rune(i); r >= 'a' && r <= 'z' {
		letter, used = byte(r), 1
	} else if letter, used = zhLetters.at(t, i); used == 0 {
		return 0, 0
	}
	return letter - 'a' + 'A', used
}

const (
	plateShort = 5 // characters behind the letter
	plateGreen = 6 // of a new energy vehicle (GA 36-2018)
)

// zhReadPlate reads a mainland licence plate.
func zhReadPlate(t zhText, _ ReadOptions) (Value, bool) {
	for i := range t.c {
		province, sure, n := t.plateProvince(i)
		if n == 0 {
			continue
		}
		j := i + n + t.plateGap(i+n)
		letter, k := t.plateLetter(j)
		if k == 0 || letter == 'I' || !sure && (t.rune(j) < 'a' || t.rune(j) > 'z') {
			continue
		}
		serial, end := t.plateSerial(j + k)
		if zhPlateFits(serial) {
			return t.value(Value{Text: string(province) + string(letter) + serial}, i, end), true
		}
	}
	return Value{}, false
}

// plateProvince reads the first character; sure is false for a spelling that
// needs a written letter behind it to count.
func (t zhText) plateProvince(i int) (province rune, sure bool, used int) {
	if p, n := zhProvinceNames.at(t, i); n > 0 {
		if t.in(i+n, "的") && t.rune(i+n+1) == p { // 北京的京
			return p, true, n + 2
		}
		if t.rune(i+n) == p {
			return p, true, n + 1
		}
		return p, false, n
	}
	r := t.rune(i)
	if strings.ContainsRune(zhPlateProvinces, r) && r != 0 {
		return r, true, 1
	}
	if p, ok := zhPlateHeard[r]; ok {
		return p, false, 1
	}
	return 0, false, 0
}

func (t zhText) plateGap(i int) int {
	n := 0
	for t.in(i+n, "·,-.•点") && n < 2 {
		n++
	}
	return n
}

// plateSerial reads letters and digits as far as they go, and the character
// some plates end with.
func (t zhText) plateSerial(i int) (serial string, end int) {
	var out strings.Builder
	end = i
	for out.Len() < plateGreen {
		j := end + t.plateGap(end)
		if d, n := t.digitElement(j); n > 0 && out.Len()+len(d) <= plateGreen {
			out.WriteString(d)
			end = j + n
		} else if l, n := t.plateLetter(j); n > 0 && t.plateGoesOn(j, n, out.Len()) {
			out.WriteByte(l)
			end = j + n
		} else if out.Len() == plateShort-1 && t.in(j, "学警港澳挂领") {
			return out.String() + string(t.c[j]), j + 1
		} else {
			break
		}
	}
	return out.String(), end
}

// plateGoesOn keeps words behind a whole plate from being heard as a letter.
func (t zhText) plateGoesOn(i, n, had int) bool {
	written := t.rune(i) >= 'a' && t.rune(i) <= 'z'
	return written || had < plateShort && (n > 1 || had < plateShort-1 || i+n == len(t.c) || t.in(i+n, ","))
}

// zhPlateFits tells whether a serial is one: at most two letters, never I or O;
// of new energy vehicles D or F and such stand first or last.
func zhPlateFits(serial string) bool {
	letters := 0
	for _, r := range serial {
		if r == 'I' || r == 'O' {
			return false
		}
		if r >= 'A' && r <= 'Z' {
			letters++
		}
	}
	switch len([]rune(serial)) {
	case plateShort:
		return letters <= 3
	case plateGreen:
		green := "ABCDEFGHJK"
		first, last := strings.IndexByte(green, serial[0]) >= 0, strings.IndexByte(green, serial[5]) >= 0
		return letters <= 2 && (first || last)
	}
	return false
}
