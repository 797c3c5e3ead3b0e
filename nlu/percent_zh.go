package nlu

// zhWholeShares are shares with a name of their own.
var zhWholeShares = zhTable(
	zhMeaning[float64]{"百分百 全款 全数 全额", 1},
	zhMeaning[float64]{"一半 半价 对半 对折 五五开 半数", 0.5},
	zhMeaning[float64]{"四分之一", 0.25},
)

// zhAllOfIt answer how much of it, and mean less elsewhere.
var zhAllOfIt = zhSet("全部 全都 一次性 都还 全还")

// zhReadPercent reads shares of a whole. A discount is what is still paid:
// 八折 is 0.8, as the till shows it; 两成 is 0.2.
func zhReadPercent(t zhText, o ReadOptions) (Value, bool) {
	for i := 0; i < len(t.c); {
		if v, used := t.percent(i); used > 0 {
			return t.value(Value{Number: v}, i, i+used), v >= 0
		}
		if n := t.number(i); n.used > 0 {
			i += n.used
			continue
		}
		i++
	}
	if !o.Asked {
		return Value{}, false
	}
	for i := range t.c {
		if _, n := zhAllOfIt.at(t, i); n > 0 {
			return t.value(Value{Number: 1}, i, i+n), true
		}
	}
	v, ok := zhReadNumber(t, o)
	// 零点二 may be a share or a fifth of a percent: nobody can tell.
	v.Number = tidy(v.Number / 100)
	return v, ok && v.Number >= 0.01
}

// percent reads one share; used is 0 when there is none.
func (t zhText) percent(i int) (v float64, used int) {
	if t.has(i, "百分点") > 0 {
		return 0, 0
	}
	if v, used = t.share(i); used > 0 {
		return v, used
	}
	if v, used = zhWholeShares.at(t, i); used > 0 {
		return v, used
	}
	n := t.number(i)
	if n.used == 0 || n.vague {
		return 0, 0
	}
	j := i + n.used
	if m := t.one(j, "个百分点", "百分点", "个点", "趴", "个趴"); m > 0 && !t.in(j+m, "钟") {
		return tidy(n.value / 100), n.used + m
	}
	if m := t.one(j, "折"); m > 0 && !t.in(j+1, "叠腾断") && n.value <= 100 {
		if n.value > 10 || n.run == 2 { // 八五折
			return tidy(n.value / 100), n.used + m
		}
		return tidy(n.value / 10), n.used + m
	}
	if v, m := t.tenths(j); m > 0 && n.value <= 10 {
		return tidy(n.value/10 + v), n.used + m
	}
	return 0, 0
}

// tenths reads 成, 成半, 成五 after a number.
func (t zhText) tenths(j int) (more float64, used int) {
	// 八成是, 八成会: very likely; 一成不变, 三成为: other words.
	if t.rune(j) != '成' || t.in(j+1, "为功立员交都本绩果年人品不会是没要了就长熟") {
		return 0, 0
	}
	if t.in(j+1, "半") {
		return 0.05, 2
	}
	if n := t.number(j + 1); n.run == 1 {
		return n.value / 100, 1 + n.used
	}
	return 0, 1
}

// zhNoOrdinals hold a 第 and name no place in a row.
var zhNoOrdinals = zhSet("第一时间 第三方 第一手 第六感 第二天 第三者 第一线 倒数第")

// zhFirsts are other ways to say the first.
var zhFirsts = zhSet("头一个 头一次 头一回 头一条 头一项 头一种 头一位 头一名 首个 首次 首位 首项 打头的 打头那个")

// zhReadOrdinal reads places in a row. The last one is none: only who knows
// how many there are can tell its place.
func zhReadOrdinal(t zhText, o ReadOptions) (Value, bool) {
	for i := 0; i < len(t.c); i++ {
		if _, n := zhNoOrdinals.at(t, i); n > 0 {
			i += n
			continue
		}
		if _, n := zhFirsts.at(t, i); n > 0 {
			return t.value(Value{Number: 1}, i, i+n), true
		}
		if t.in(i, "第") {
			if n := t.number(i + 1); n.used > 0 {
				return t.value(Value{Number: n.value}, i, i+1+n.used), t.wholeOrdinal(n)
			}
			continue
		}
		// 选三号, or an answer to which one.
		n := t.number(i)
		if n.used == 0 {
			continue
		}
		chosen := t.in(i-1, "选按要")
		if (o.Asked || chosen) && t.noNumber(i) == 0 {
			j := i + n.used
			m := t.one(j, "号", "项", "键")
			if o.Asked && m == 0 {
				m = t.one(j, "楼", "条", "个")
			}
			if o.Asked || m > 0 {
				return t.value(Value{Number: n.value}, i, j+m), t.wholeOrdinal(n)
			}
		}
		i += n.used - 1
	}
	return Value{}, false
}

func (t zhText) wholeOrdinal(n zhNum) bool {
	return !n.vague && n.value >= 1 && n.value == float64(int(n.value)) && n.value < 1e9
}
