package nlu

// zhCurrencies are the names of currencies, before or after the amount.
var zhCurrencies = zhTable(
	zhMeaning[string]{"人民币 ¥ rmb cny", "CNY"},
	zhMeaning[string]{"美元 美金 美刀 刀 us$ usd $ 块美金 块美元 块美刀", "USD"},
	zhMeaning[string]{"港币 港元 港纸 hk$ hkd 块港币 块港纸 元港币 蚊", "HKD"},
	zhMeaning[string]{"欧元 欧 € eur 块欧元", "EUR"},
	zhMeaning[string]{"英镑 镑 £ gbp", "GBP"},
	zhMeaning[string]{"日元 日币 円 jpy", "JPY"},
	zhMeaning[string]{"台币 新台币 twd nt$ 块台币 元台币 元新台币", "TWD"},
	zhMeaning[string]{"澳门元 澳门币 葡币 mop", "MOP"},
	zhMeaning[string]{"新加坡元 新币 坡币 sgd", "SGD"},
	zhMeaning[string]{"韩元 韩币 krw", "KRW"},
	zhMeaning[string]{"澳元 澳币 aud", "AUD"},
	zhMeaning[string]{"加元 加币 cad", "CAD"},
	zhMeaning[string]{"卢布 rub", "RUB"},
	zhMeaning[string]{"块人民币 元人民币 块钱人民币 元rmb", "CNY"},
)

// zhHomeMoney is what 块 and 元 are where the speaker lives.
var zhHomeMoney = map[string]string{"CN": "CNY", "HK": "HKD", "TW": "TWD", "MO": "MOP", "SG": "SGD"}

// zhMajor are the units that name no country.
var zhMajor = zhSet("块钱 块 元钱 元 圆 文 大洋")

// zhPieces follow 块 where it counts pieces or means together.
const zhPieces = "下订骨排扔去来儿走过吃做弄办说聊玩回看蛋肉表地糖石砖布玻手面香电屏牌"

// zhSpending stands before an amount that is said without its unit.
var zhSpending = []string{"还", "付", "给", "交", "欠", "花", "借", "转", "存", "充", "取", "凑", "最多", "最低", "最少", "至少", "金额", "总共", "一共", "额度",
	"工资", "收入", "价格", "月薪", "打款", "退", "每月", "每个月", "每天", "每期", "每年", "月供"}

// zhBetween may stand between one of those and the amount.
var zhBetween = []string{"你们", "我们", "他们", "你", "您", "他", "她", "了", "个", "到", "是", "大概", "差不多", "大约", "至少", "先", "就", "也就", "清", "上", "款"}

func zhReadMoney(t zhText, o ReadOptions) (Value, bool) {
	for i := 0; i < len(t.c); {
		v, used, ok := t.money(i, o)
		if n := t.refused(i + used); used > 0 && ok && n > 0 {
			i += used + n // 八百太多了，五百吧
			continue
		}
		if used > 0 && ok {
			return t.value(v, i, i+used), true
		}
		if n := t.vagueAt(i); n > 0 && t.vagueMoney(i+n-1) {
			return Value{}, false
		}
		if used > 0 { // an amount, but a vague one
			return Value{}, false
		}
		if _, n := t.share(i); n > 0 {
			i += n
			continue
		}
		i += max(1, t.number(i).used, t.noNumber(i))
	}
	return Value{}, false
}

// vagueMoney tells whether a unit of money follows soon: 好几百块.
func (t zhText) vagueMoney(i int) bool {
	for j := i; j < len(t.c) && j < i+4 && t.c[j] != ','; j++ {
		if t.in(j, "块元毛") {
			return true
		}
	}
	return false
}

// money reads the amount that begins at i. used > 0 and not ok: a vague one.
func (t zhText) money(i int, o ReadOptions) (v Value, used int, ok bool) {
	code, lead := zhCurrencies.at(t, i)
	if lead > 0 && t.in(i+lead, "是") {
		lead++
	}
	j := i + lead
	if _, share := t.share(j); share > 0 && !t.in(j+share, "块元") {
		return Value{}, 0, false
	}
	number, n, fine := t.quantity(j)
	if n == 0 {
		return Value{}, 0, false
	}
	v.Number, v.Currency = number, code
	j += n
	rest, m, named := t.moneyUnit(j, j-n, &v, o)
	v.Number = tidy(v.Number + rest)
	if m > 0 && !named {
		return Value{}, 0, false
	}
	if m == 0 && lead == 0 && !t.bareMoney(i, j, o) {
		return Value{}, 0, false
	}
	return v, j + m - i, fine
}

// moneyUnit reads the unit at j and what stands behind it: 块五, 毛, 元六角整.
// named is false for a 块 that is none of money.
func (t zhText) moneyUnit(j, number int, v *Value, o ReadOptions) (rest float64, used int, named bool) {
	sign := 1.0
	if v.Number < 0 {
		sign = -1
	}
	if m := t.one(j, "毛钱", "毛", "角"); m > 0 {
		if t.in(j+m, "形债恋病") || t.in(j, "角") && t.in(j+m, "度落色") {
			return 0, m, false
		}
		v.Number /= 10
		t.home(v, o)
		if n := t.number(j + m); n.run == 1 && m == 1 { // 五毛五
			return sign * n.value / 100, m + n.used + t.one(j+m+n.used, "分钱", "分"), true
		}
		return 0, m, true
	}
	if m := t.one(j, "分钱"); m > 0 {
		v.Number /= 100
		t.home(v, o)
		return 0, m, true
	}
	code, m := zhCurrencies.at(t, j)
	if m > 0 {
		v.Currency = code
		rest, k := t.change(j + m)
		return sign * rest, m + k, true
	}
	_, m = zhMajor.at(t, j)
	if m == 0 {
		return 0, 0, false
	}
	if m == 1 && (t.in(j, "块") && t.in(j+1, zhPieces) || t.in(j, "元") && t.in(j+1, "旦月宵素") || t.in(j, "文") && t.in(j+1, "件字章化")) {
		return 0, m, false
	}
	t.home(v, o)
	rest, k := t.change(j + m)
	return sign * rest, m + k, true
}

// home gives an amount the currency of the speaker's region.
func (t zhText) home(v *Value, o ReadOptions) {
	if v.Currency == "" {
		v.Currency = zhHomeMoney[o.Region]
	}
}

// change reads what follows 块: 五, 五毛, 二毛五, 零五, 零五毛, 半, 整.
func (t zhText) change(j int) (v float64, used int) {
	if m := t.one(j, "半", "整", "正"); m > 0 {
		if t.in(j, "半") {
			return 0.5, m
		}
		return 0, m
	}
	zero := t.one(j, "零", "〇", "又")
	n := t.number(j + zero)
	if n.run == 0 || n.run > 2 || n.vague && !t.in(j+zero+n.used, ",毛角分") {
		return 0, 0
	}
	k := j + zero + n.used
	if m := t.one(k, "毛钱", "毛", "角"); m > 0 && n.run == 1 {
		v, k = n.value/10, k+m
		if t.in(k, "整") {
			k++
		} else if d := t.number(k + t.one(k, "零")); d.run == 1 {
			k += t.one(k, "零") + d.used
			v += d.value / 100
			k += t.one(k, "分钱", "分")
		}
		return v, k - j
	}
	if m := t.one(k, "分钱", "分"); m > 0 && !t.in(k+m, "之钟期") {
		return n.value / 100, k + m - j
	}
	if zhMeasures[t.rune(k)] { // 三块一个, 三块五天
		return 0, 0
	}
	if n.run == 2 || zero > 0 { // 三块二五, 三块零五
		return n.value / 100, k - j
	}
	return n.value / 10, k - j
}

// bareMoney tells whether a number without a unit is an amount all the same:
// the answer to how much, 我先还一万二, 5k.
func (t zhText) bareMoney(i, j int, o ReadOptions) bool {
	if t.in(j-1, "kw") {
		return true
	}
	if t.in(j, "个天年月日号点次位人期周星小分岁折成斤公米%") && t.one(j, "个吧") == 0 || t.noNumber(i) > 0 {
		return false
	}
	if o.Asked {
		return true
	}
	n := t.number(i)
	if !n.scaled || n.value < 10 {
		return false
	}
	for range 4 { // 欠了你们大概一万五
		if t.ends(i, zhSpending...) {
			return true
		}
		k := 0
		for _, w := range zhBetween {
			if t.ends(i, w) {
				k = len([]rune(w))
				break
			}
		}
		if k == 0 {
			return false
		}
		i -= k
	}
	return false
}
