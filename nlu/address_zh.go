package nlu

import "strings"

// zhAddressIntros lead in to an address.
var zhAddressIntros = zhSet("我住在 我住 我家住在 我家住 家住在 家住 住在 我家在 我家地址是 家庭地址是 家庭住址是 地址是 地址在 我的地址是 住址是 收货地址是 收件地址是 送货地址是 通讯地址是 联系地址是 " +
	"现在住在 现在住 现住 目前住在 目前住 寄到 快递到 寄往 邮寄到 公司在 公司地址是 公司地址在 单位在 单位地址是 位于 地址 户籍地址是 户口在 老家在 老家是")

// zhMarkers end a part of an address.
var zhMarkers = zhSet("省 市 区 县 镇 乡 村 路 街 大街 大道 道 巷 弄 胡同 街道 号 号楼 号院 楼 栋 幢 座 单元 室 层 小区 花园 大厦 广场 自治区 自治州 州 旗 屯 组 社区 公寓 园区 开发区 门牌 苑 院 国际 中心 工业园 科技园 产业园 学校 大学 医院 庄 新村 嘉园 家园")

// zhPlaces hold a marker and are no address.
var zhPlaces = zhSet("农村 乡村 山村 县城 办公室 大号 小号 中号 路上 路过 城市 区别 号码 市场 市面 街上 楼上 楼下 里面 家里 那里 这里 哪里 心里 手里 这号 哪号 一号线 道理 道歉 知道 地道 组织 小组 小时 室内 室外 县里 层次 座位 中心思想 院子 旗下 公里 市里 镇上 村里 马路 账号 型号 信号 订单号 单号 手机号 电话号 夜里 嘴里 屋里 房里 几号 多少号 卡号 编号 尾号")

// zhWhere lead in to an address, and to much else.
var zhWhere = zhSet("我在 我人在 送到 发到 就在")

const (
	addressMarkers = 2  // without the question
	addressMost    = 80 // characters
)

// zhReadAddress reads an address. Without the question it takes two markers,
// or one and the words that introduce an address.
func zhReadAddress(t zhText, o ReadOptions) (Value, bool) {
	from, introduced := t.addressIntro()
	if o.Asked && from == 0 {
		for t.in(from, ",嗯呃啊哦诶") || t.one(from, "那个", "就是", "好的", "是", "在") > 0 {
			from += max(1, t.one(from, "那个", "就是", "好的", "是", "在"))
		}
	}
	end := t.addressEnd(from)
	if end <= from {
		return Value{}, false
	}
	markers, last := t.markers(from, end)
	need := addressMarkers
	if introduced || o.Asked {
		need = 1
	}
	named := 0
	if _, n := zhProvinceNames.at(t, from); n > 0 {
		named = 1
	}
	switch {
	case markers+named >= need && (markers > 0 || o.Asked || introduced):
	case o.Asked && end-from >= 2 && !t.from(from).contains(zhNoPlace...):
	default:
		return Value{}, false
	}
	if !introduced && !o.Asked {
		end = last
	}
	if markers == 1 && !o.Asked && t.nearby(from, end) {
		return Value{}, false
	}
	if t.noAddress(from, end) || end-from < 2 {
		return Value{}, false
	}
	text := strings.ReplaceAll(t.string(from, end), ",", "")
	return t.value(Value{Text: strings.ToUpper(text)}, from, end), true
}

// addressIntro finds where an address begins.
func (t zhText) addressIntro() (from int, introduced bool) {
	for i := range t.c {
		_, n := zhAddressIntros.at(t, i)
		_, weak := zhWhere.at(t, i)
		if n+weak > 0 {
			j := i + max(n, weak)
			for t.in(j, ",:嗯呃啊是在那") {
				j++
			}
			return j, n > 0
		}
	}
	return 0, false
}

// addressEnd is where it ends: at a pause no marker stands before, at words
// that belong to no address; particles are left off.
func (t zhText) addressEnd(from int) int {
	end := from
	for end < len(t.c) && end-from < addressMost {
		if t.in(end, ",") && !t.goesOn(from, end) {
			break
		}
		if t.one(end, "里面", "这边", "这里", "那边", "谢谢", "你们", "你给", "你送", "你寄", "麻烦", "就行", "就可以", "上班", "工作", "出差", "附近", "的时候", "吃饭", "开会", "开车", "没错", "对吧", "电话", "邮编") > 0 {
			break
		}
		end++
	}
	for end > from && t.in(end-1, ",吧呢啊呀哦嘛的了哈嗯吗是") {
		end--
	}
	return end
}

// goesOn tells whether an address goes on behind the pause at i: 北京市，朝阳区.
func (t zhText) goesOn(from, i int) bool {
	end := i + 1
	for end < len(t.c) && t.c[end] != ',' {
		end++
	}
	before, _ := t.markers(from, i)
	behind, _ := t.markers(i+1, end)
	return before > 0 && behind > 0
}

// markers counts the markers between from and end and says where the last ends.
func (t zhText) markers(from, end int) (n, last int) {
	for i := from; i < end; {
		if _, k := zhPlaces.at(t, i); k > 0 {
			i += k
			continue
		}
		// A marker follows a name or a number.
		if _, k := zhMarkers.at(t, i); k > 0 && i > from && i+k <= end && t.c[i-1] != ',' && !t.dayNumber(i) {
			n, last = n+1, i+k
			i += k
			continue
		}
		i++
	}
	return n, last
}

// dayNumber tells the 号 of a date, 8月16号, from that of a house.
func (t zhText) dayNumber(i int) bool {
	if !t.in(i, "号") {
		return false
	}
	for i--; t.digitAt(i) || t.in(i, "十"); i-- {
	}
	return t.in(i, "月")
}

// nearby tells what only stands near a place: 医院旁边.
func (t zhText) nearby(from, end int) bool {
	for i := from; i < end+2; i++ {
		if t.one(i, "旁边", "边上", "附近", "隔壁", "对面", "后面", "门口") > 0 {
			return true
		}
	}
	return false
}

// zhNoPlace are words of answers to other questions.
var zhNoPlace = []string{"点", "今天", "明天", "后天", "上午", "下午", "晚上", "小时", "分钟", "块", "星期", "周一", "周二", "周三", "周四", "周五", "电话", "身份证", "先生", "女士"}

// noAddress tells answers that are none.
func (t zhText) noAddress(from, end int) bool {
	part := zhText{c: t.c[from:end], at: t.at[from:end], gap: t.gap[from:end]}
	return part.contains("不知道", "不清楚", "不方便", "不告诉", "不记得", "什么", "干嘛", "为什么", "哪", "不想", "不用", "不要", "不行", "没有", "怎么", "你问", "可以", "再说", "不在", "多少", "你", "我", "忘了", "不是", "是的", "好的", "谢谢") ||
		part.has(0, "对") > 0 && len(part.c) <= 2
}
