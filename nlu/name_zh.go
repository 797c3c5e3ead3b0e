package nlu

import "strings"

// zhSurnames are the single surnames of nearly everyone (Ministry of Public
// Security, 2020, the 300 most frequent, and some that stand out).
const zhSurnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎闫薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严赖覃洪武莫孔汤向常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由"

// zhRareAsSurname are surnames that are common words: alone they prove nothing.
const zhRareAsSurname = "和时应来那位全成明干但信由初相公利平国花权强元原门云容海普印展居智计满南连路向常安解和支于"

var zhCompound = zhSet("欧阳 上官 司马 诸葛 皇甫 尉迟 东方 夏侯 端木 慕容 司徒 令狐 公孙 轩辕 宇文 长孙 独孤 南宫 西门 东郭 百里 呼延 闻人 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 钟离 鲜于 闾丘 亓官 司空 司寇 拓跋 完颜 纳兰 赫连 万俟 欧陽")

// zhTitles follow a name and are no part of it.
var zhTitles = zhSet("先生 女士 小姐 老师 经理 医生 总 同志 太太 大夫 师傅 主任 老板 教授 律师 校长 处长 科长 局长 阿姨 叔叔 大爷 大哥 大姐 护士 工 警官 会计 总监 董事长 总经理 同学 本人")

// zhIntros say how a name is introduced; strong ones take any name, the others
// only one that looks like a name.
var zhIntros = zhTable(
	zhMeaning[zhIntro]{"我叫 我叫做 我的名字叫 我的名字是 我名字叫 我名字是 我的姓名是 我姓名是 本人叫 名字叫 名字是 姓名 姓名是 姓名叫 名叫 全名叫 全名是 全名 户主叫 户主是 叫做", zhIntro{strong: true}},
	zhMeaning[zhIntro]{"我是 这里是 这边是 本人 我就是 我就叫 叫我 叫 联系人 联系人是 收件人 收件人是 他叫 她叫 是", zhIntro{}},
	zhMeaning[zhIntro]{"我姓 免贵姓 姓 本人姓 免贵", zhIntro{surname: true}},
)

type zhIntro struct{ strong, surname bool }

// zhSpelled are the ways to tell characters that sound alike apart.
var zhSpelled = zhTable(
	zhMeaning[rune]{"弓长张", '张'}, zhMeaning[rune]{"立早章", '章'}, zhMeaning[rune]{"木子李", '李'}, zhMeaning[rune]{"双木林", '林'}, zhMeaning[rune]{"耳东陈", '陈'},
	zhMeaning[rune]{"口天吴", '吴'}, zhMeaning[rune]{"草头黄", '黄'}, zhMeaning[rune]{"古月胡", '胡'}, zhMeaning[rune]{"言午许", '许'}, zhMeaning[rune]{"双人徐", '徐'},
	zhMeaning[rune]{"三横王", '王'}, zhMeaning[rune]{"人可何", '何'}, zhMeaning[rune]{"十八子李", '李'}, zhMeaning[rune]{"文刀刘", '刘'}, zhMeaning[rune]{"干勾于", '于'},
	zhMeaning[rune]{"人未余", '余'}, zhMeaning[rune]{"禾口程 耳口王程", '程'}, zhMeaning[rune]{"美女姜", '姜'}, zhMeaning[rune]{"草将蒋", '蒋'}, zhMeaning[rune]{"三点水江", '江'},
	zhMeaning[rune]{"走肖赵", '赵'}, zhMeaning[rune]{"木易杨", '杨'}, zhMeaning[rune]{"双口吕", '吕'}, zhMeaning[rune]{"马户卢", '卢'},
)

// zhNotInName end a name: no given name holds them.
const zhNotInName = "的了是在不没吗呢吧你您他它们我这想要就还有能会来去别谁什么哪怎打给跟和请叫姓啊呀哦嗯啦嘛,"

// longestName is of a name with a point in it: 阿依古丽·买买提.
const longestName = 16

// zhReadName reads a person's name: introduced, or alone after the question.
func zhReadName(t zhText, o ReadOptions) (Value, bool) {
	var best Value
	found := false
	for i := 0; i < len(t.c); {
		in, n := zhIntros.at(t, i)
		// 是 and 叫 introduce a name at the beginning only, and not that of a song.
		if n == 0 || t.in(i-1, "不没歌片书剧") || n == 1 && !t.in(i, "姓") && (i > 0 && !t.in(i-1, ",") || t.in(i, "是") && !o.Asked) {
			i++
			continue
		}
		from := i + n
		from += t.one(from, "叫", "是", ",")
		v, end, ok := t.nameAt(from, in)
		if !ok {
			i += n
			continue
		}
		// 我姓王，叫王小明: the fuller name counts.
		if !found || len([]rune(v.Text)) > len([]rune(best.Text)) {
			best, found = v, true
		}
		i = end
	}
	if found {
		return t.spelled(best), true
	}
	if o.Asked {
		from := 0
		for t.in(from, "嗯呃,啊哦") || t.one(from, "好的", "那个", "就是") > 0 {
			from += max(1, t.one(from, "好的", "那个", "就是"))
		}
		if v, end, ok := t.nameAt(from, zhIntro{}); ok && t.nameEnds(end) {
			return t.spelled(v), true
		}
	}
	return Value{}, false
}

// nameAt reads the name that begins at i.
func (t zhText) nameAt(i int, in zhIntro) (v Value, end int, ok bool) {
	if s, n := zhSpelled.at(t, i); n > 0 {
		return t.value(Value{Text: string(s)}, i, i+n), i + n, true
	}
	if n := t.latinName(i); n > 0 && (in.strong || !in.surname) {
		return t.value(Value{Text: t.titled(i, i+n)}, i, i+n), i + n, t.nameEnds(i + n)
	}
	_, family := zhCompound.at(t, i)
	if family == 0 && t.in(i, zhSurnames) {
		family = 1
	}
	j := i
	for j < len(t.c) && j-i < longestName && (isHan(t.c[j]) || t.c[j] == '·') && !strings.ContainsRune(zhNotInName, t.c[j]) {
		if _, n := zhTitles.at(t, j); n > 0 && j-i >= max(family, 1) && t.nameEnds(j+n) {
			break
		}
		j++
	}
	end = j
	if _, n := zhTitles.at(t, j); n > 0 {
		end += n
	}
	given := j - i - family
	dotted := strings.ContainsRune(t.string(i, j), '·')
	switch {
	case j == i || !t.nameEnds(end) && !in.surname:
		return Value{}, i, false
	case dotted:
		return t.value(Value{Text: t.string(i, j)}, i, j), end, j-i >= 4
	case family == 0:
		return t.value(Value{Text: t.string(i, j)}, i, j), end, in.strong && j-i >= 2 && j-i <= 4
	case in.surname && given != 1 && given != 2 || in.surname && !t.nameEnds(end):
		return t.value(Value{Text: t.string(i, i+family)}, i, i+family), i + family, true
	case given > 2 || given == 0 && end == j && !in.surname && !in.strong && i > 0:
		return Value{}, i, false
	case !in.strong && !in.surname && family == 1 && given < 2 && t.in(i, zhRareAsSurname):
		return Value{}, i, false
	}
	return t.value(Value{Text: t.string(i, j)}, i, j), end, true
}

// nameEnds tells whether nothing of a name can follow.
func (t zhText) nameEnds(i int) bool {
	return i >= len(t.c) || t.in(i, ",啊呀吧呢哦嗯哈") || t.one(i, "你好", "您好", "请问", "我", "是我", "就是", "今年", "身份证", "电话", "手机", "谢谢", "住", "家住", "来自", "想") > 0
}

// latinName is how long a name in Latin letters is.
func (t zhText) latinName(i int) int {
	n := 0
	for r := t.rune(i + n); r >= 'a' && r <= 'z' || n > 0 && (r == '.' || r == '-' || r == '\''); r = t.rune(i + n) {
		n++
	}
	if n < 2 || n > 40 {
		return 0
	}
	return n
}

// titled writes a Latin name with capitals and its blanks.
func (t zhText) titled(i, j int) string {
	var out strings.Builder
	for k := i; k < j; k++ {
		r := t.c[k]
		if k > i && t.gap[k] {
			out.WriteByte(' ')
		}
		if (k == i || t.gap[k]) && r >= 'a' && r <= 'z' {
			r += 'A' - 'a'
		}
		out.WriteRune(r)
	}
	return out.String()
}

// spelled puts right the surname a recogniser guessed when the speaker spelt
// it: 我姓张，立早章.
func (t zhText) spelled(v Value) Value {
	for i := range t.c {
		if s, n := zhSpelled.at(t, i); n > 0 {
			rs := []rune(v.Text)
			rs[0] = s
			v.Text = string(rs)
		}
	}
	return v
}
