package nlu

import (
	"regexp"
	"strings"
)

// zhMailWords are the parts of an address that are said.
var zhMailWords = zhTable(
	zhMeaning[string]{"@ at 艾特 爱特 艾特符号 圈a a圈 小老鼠 at符号 艾特号 埃特", "@"},
	zhMeaning[string]{". 点 dot 点儿", "."},
	zhMeaning[string]{"下划线 下横线 下杠 底线 underscore _", "_"},
	zhMeaning[string]{"横杠 中划线 横线 减号 短横 短横线 中杠 杠 dash -", "-"},
	zhMeaning[string]{"加号 +", "+"},
	zhMeaning[string]{"扣扣 qq 球球", "qq"},
	zhMeaning[string]{"新浪", "sina"}, zhMeaning[string]{"搜狐", "sohu"}, zhMeaning[string]{"雅虎", "yahoo"}, zhMeaning[string]{"谷歌", "gmail"},
	zhMeaning[string]{"阿里云", "aliyun"}, zhMeaning[string]{"福克斯邮箱 foxmail", "foxmail"},
	zhMeaning[string]{"康姆 抗姆 康母 卡姆 com 康木", "com"}, zhMeaning[string]{"西恩 cn", "cn"}, zhMeaning[string]{"耐特 net 奈特", "net"}, zhMeaning[string]{"欧阿寄 org", "org"},
)

// zhPinyin spells the surnames and given names that are heard most: a mailbox
// called 张三 is zhangsan.
var zhPinyin = pinyinTable("wang王 li李黎丽莉力立 zhang张章 liu刘柳 chen陈晨辰 yang杨阳洋 zhao赵 huang黄 zhou周 wu吴武伍 xu徐许旭 sun孙 hu胡 zhu朱 gao高 lin林琳 he何贺 guo郭 ma马 luo罗骆 liang梁亮 " +
	"song宋 zheng郑 xie谢 han韩 tang唐汤 feng冯峰凤 yu于余俞玉宇 dong董东 xiao萧肖晓小 cheng程成 cao曹 yuan袁媛 deng邓 fu傅付 shen沈 zeng曾 peng彭鹏 lu吕鲁陆卢 su苏 jiang江蒋姜 cai蔡 jia贾佳嘉 ding丁 wei魏伟卫 xue薛雪 ye叶 yan严颜燕艳 pan潘 du杜 dai戴 xia夏 zhong钟 tian田 ren任 fan范 fang方芳 shi石 yao姚 tan谭 liao廖 zou邹 xiong熊 jin金 " +
	"hao郝浩 kong孔 bai白 cui崔 kang康 mao毛 qiu邱秋 qin秦 gu顾 hou侯 shao邵 meng孟梦 long龙 wan万 duan段 lei雷磊 qian钱 na娜 min敏 jing静 qiang强 jun军俊 yong勇 jie杰洁 juan娟 tao涛 ming明 chao超 xiu秀 ping平 gang刚 gui桂 hua华 bo波 hui辉慧 hong红 ying英 bin斌 mei梅美 ting婷 dan丹 yi艺 xin欣新 kai凯 hai海 lan兰 ling玲 na娜 guang光 guo国 jian建健 wen文 qing青 yun云")

var zhPinyinDigits = []string{"ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"}

func pinyinTable(rows string) map[rune]string {
	m := map[rune]string{}
	for row := range strings.FieldsSeq(rows) {
		n := strings.IndexFunc(row, isHan)
		for _, r := range row[n:] {
			m[r] = row[:n]
		}
	}
	return m
}

var zhMailForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9._+-]{0,62}[a-z0-9])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,10}$`)

// mailMost bounds the parts on either side of the at; RFC 5321 allows 64
// characters before it.
const mailMost = 64

// mailPart is one part of an address that was said, at a place.
type mailPart struct {
	text string
	i, j int
}

// zhReadEmail reads an e-mail address. The at is found first, then the parts
// around it, for in Chinese nothing else shows where an address begins.
func zhReadEmail(t zhText, _ ReadOptions) (Value, bool) {
	parts := t.mailParts()
	for k, p := range parts {
		if p.text != "@" {
			continue
		}
		first, last := k, k
		for first > max(0, k-mailMost) && parts[first-1].j >= parts[first].i-t.mailSkip(parts[first-1].j) && parts[first-1].text != "@" {
			first--
		}
		for last+1 < min(len(parts), k+mailMost) && parts[last+1].i <= parts[last].j+t.mailSkip(parts[last].j) && parts[last+1].text != "@" {
			last++
		}
		// What is no address as a whole may be one without its ends: 我的邮箱是点…
		for end := last; end > k; end-- {
			if v, ok := t.mailOf(parts[first:end+1], k-first); ok {
				return v, true
			}
		}
	}
	return Value{}, false
}

// mailOf is the address parts make; local are those before the at.
func (t zhText) mailOf(parts []mailPart, local int) (Value, bool) {
	last := parts[len(parts)-1].i
	if _, n := zhMailWords.at(t, last); n == 0 && isHan(t.c[last]) {
		return Value{}, false // no domain ends in a name
	}
	for from := 0; from < local; from++ {
		var out strings.Builder
		for _, p := range parts[from:] {
			out.WriteString(p.text)
		}
		if address := out.String(); zhMailForm.MatchString(address) && !strings.Contains(address, "..") {
			return t.value(Value{Text: address}, parts[from].i, parts[len(parts)-1].j), true
		}
	}
	return Value{}, false
}

// mailSkip is how much may be passed over between two parts.
func (t zhText) mailSkip(i int) int { return t.one(i, ",", "然后", "这个", "那个", "再", "的") }

// mailParts finds everything that may be part of an address.
func (t zhText) mailParts() []mailPart {
	var out []mailPart
	for i := 0; i < len(t.c); {
		text, n := t.mailPart(i)
		if n == 0 {
			i++
			continue
		}
		out = append(out, mailPart{text, i, i + n})
		i += n
	}
	return out
}

func (t zhText) mailPart(i int) (text string, used int) {
	r := t.rune(i)
	latin := func(k int) bool { c := t.rune(k); return c >= 'a' && c <= 'z' }
	if latin(i) {
		n := 1
		for latin(i+n) && !t.gap[i+n] {
			n++
		}
		// A recogniser may write zhangsanatqq; only a word of its own is an at.
		if w, m := zhMailWords.at(t, i); m >= n {
			return w, m
		}
		return t.string(i, i+n), n
	}
	if w, n := zhMailWords.at(t, i); n > 0 {
		return w, n
	}
	// 张三 is a name, 三 alone a digit.
	if _, name := zhPinyin[t.rune(i-1)]; name {
		if d, ok := zhDigits[r]; ok && !t.digitAt(i+1) {
			if _, before := zhPinyin[t.rune(i-2)]; !before {
				return zhPinyinDigits[d], 1
			}
		}
	}
	if d, n := t.digitElement(i); n > 0 {
		return d, n
	}
	if p, ok := zhPinyin[r]; ok {
		return p, 1
	}
	if l, n := zhLetters.at(t, i); n > 1 {
		return string(rune(l)), n
	}
	return "", 0
}
