package nlu

import "slices"

// zhAnswer is what an expression says about yes and no.
type zhAnswer uint8

const (
	zhYes     zhAnswer = iota + 1
	zhPolite           // yes, unless something else is said: 好的，不用了
	zhNo               //
	zhNeither          // says nothing, and stops its clause from being read: 好像, 不知道
	zhUnclear          // makes the whole answer unclear: 是不是, 考虑
)

// zhAnswers are the expressions that agree or refuse at the beginning of a
// clause, whatever follows.
var zhAnswers = zhTable(
	zhMeaning[zhAnswer]{"是的 是我 是本人 我就是 就是我 对的 对对 没错 没问题 不错 可以 可以的 可以呀 行的 好呀 愿意 同意 确认 确定 正确 当然 当然可以 必须的 肯定 没毛病 没意见 不反对 方便 有空 有时间 有兴趣 感兴趣 " +
		"是这样 是这样的 就是这样 都行 都可以 没有问题 没有错 没有意见 要的 成交 乐意 接受 答应 支持 会的 能行 有的 没关系 是啊 是呀 是滴 得嘞 yes ok okay 当然了 妥了 中啊 可不是 可不 那可不 算数 说得对 说的对 你说得对 你说的对 " +
		"不会不 不得不说是 没有不同意 没有不愿意 收到了 准确 就这样 就这么办 就这么定了 一言为定", zhYes},
	zhMeaning[zhAnswer]{"好的 好嘞 好哒 好吧 好好 行吧 嗯嗯 谢谢", zhPolite},
	zhMeaning[zhAnswer]{"不是 不对 不要 不用 不行 不可以 不需要 不想 不会 不能 不愿意 不同意 不方便 不接受 不感兴趣 不办 不买 不做 不考虑 不必 不了 不成 不中 不确认 不认识 不太方便 不太行 不太好 不太想 不大方便 不大行 不怎么想 没有 没兴趣 没空 没时间 没收到 没办过 没有兴趣 没有时间 没有空 " +
		"别打 别了 甭 免了 算了 拒绝 反对 错了 错 打错了 搞错了 你打错 弄错了 否 非也 才不 绝不 绝对不 决不 坚决不 还没 还没有 从来没 从没 并没有 并不 并非 哪有 no nope 没门 休想 免谈 拉倒 用不着 用不到 够了 停 暂不", zhNo},
	zhMeaning[zhAnswer]{"是吧 对吧 想想 想一想 想一下 好多 好几 好贵 好久 好烦 好奇 好不 好难 好笑 好了 行业 行程 对方 对于 对不起 对面 对了 对着 是吗 是谁 是哪 是什么 是不是 是因为 是怎么 要是 要么 要多 要不 要求 要怎么 有什么 有多 有没有 有点 有人 有事 有一 中午 中国 中间 中介 成本 成功 成了 成都 得了 得多 得看 得问 得等 " +
		"不好意思 不过 不管 不客气 不知 不知道 不清楚 不晓得 不懂 不明白 不太清楚 不太明白 不太懂 不太确定 不是很清楚 不是很懂 不是很明白 不是很确定 不是太清楚 不是特别清楚 不太知道 不确定 不一定 不见得 不敢说 不好说 不然 不如 不记得 不太记得 没听清 没听清楚 没听懂 没听见 没听明白 没明白 没想好 没太听 没想到 没事 没准 没准儿 没说 没什么 没怎么 别人 别的 别急 别挂 停一下 错过 否则 嗯什么 可以吗 行吗 好吗 对吗 方便吗", zhNeither},
	zhMeaning[zhAnswer]{"不是不 不是没 也不是不 不得不 没有不 不能不 不会没 不可不 没说不 不能没 不是说不 谈不上不 是不是 对不对 行不行 好不好 要不要 可不可以 能不能 不错是不错 行是行 好是好 可以是可以 对是对 有没有 可以不可以 会不会 需不需要 方不方便 愿不愿意", zhUnclear},
)

// zhAlone are words that agree or refuse only if nothing but particles follows
// them: 好 does, 好贵啊 does not.
var zhAlone = zhTable(
	zhMeaning[zhAnswer]{"是 对 中 成 得 有过 我是 我能 我会 我有 知道 确实 没得说 妥 准 肯 y", zhYes},
	zhMeaning[zhAnswer]{"好 行 嗯 嗯哼 恩 唔 哎 诶 欸 得 明白 噢 哦 知道了 明白了", zhPolite},
	zhMeaning[zhAnswer]{"否 未 莫 n", zhNo},
)

// zhWanting agree only at the end of a clause: 我要 does, 我要听歌 asks for
// something. The negations among them may take a word or two: 不办, 没还.
var zhWanting = zhTable(
	zhMeaning[zhAnswer]{"要 想 能 会 有 办 我要 想要 我想 需要 我需要", zhYes},
	zhMeaning[zhAnswer]{"不 没 别", zhNo},
)

// mostRefused is how many characters a lone 不 may refuse.
const mostRefused = 4

// zhUnsure anywhere make an answer unclear.
var zhUnsure = []string{"可能", "也许", "考虑", "再说", "看情况", "随便", "说不定", "不一定", "为什么", "凭什么", "怎么", "谁说", "难道", "是不是", "对不对", "行不行", "好不好", "要不要", "能不能", "可不可以", "商量", "万一", "如果", "要是", "不确定", "到时候看", "回头", "好像"}

// zhSubjects may stand before the answer.
var zhSubjects = zhSet("我 我们 咱 咱们 俺 这个 那个 那 就 都 也 还 其实 应该 我觉得 我看 当然是 哎 诶 啊 嗯 哦 呃 额 噢 喂 你好 您好 你 您 他 她 现在 真的 确实 那就 那还 这 我说 我这边 这边 但 但是 可是 目前 恐怕 对这个 对那个 对此 暂时 根本 从来 一点都 一点也 并 真 太 倒 倒是 挺 很 非常 完全 绝对 全")

// zhParticles may follow a word that stands alone.
const zhParticles = "的啊呀吧嘛呢哦了嘞滴哈啦哇噢喔哟咯嗯诶呐"

// zhReadBoolean reads a yes or a no clause by clause. Both in one answer, a
// question or a double negation are neither: the flow had better ask again.
func zhReadBoolean(t zhText, _ ReadOptions) (Value, bool) {
	if t.question() {
		return Value{}, false
	}
	for i := range t.c {
		if t.one(i, zhUnsure...) > 0 && !t.ends(i, "不用", "不", "没") {
			return Value{}, false
		}
	}
	var seen [zhUnclear + 1]bool
	var first [zhUnclear + 1][2]int
	for i := 0; i < len(t.c); {
		from, end, answer := t.clauseAnswer(i)
		if answer == 0 || answer == zhNeither {
			i = t.nextClause(max(end, i+1))
			continue
		}
		if !seen[answer] {
			seen[answer], first[answer] = true, [2]int{from, end}
		}
		i = end
		if answer == zhNo || !t.repeats(i) { // in 不支持 the second word agrees to nothing
			i = t.nextClause(i)
		}
	}
	switch {
	case seen[zhUnclear] || seen[zhYes] && seen[zhNo]:
		return Value{}, false
	case seen[zhNo]:
		return t.value(Value{Number: 0}, first[zhNo][0], first[zhNo][1]), true
	case seen[zhYes]:
		return t.value(Value{Number: 1}, first[zhYes][0], first[zhYes][1]), true
	case seen[zhPolite]:
		return t.value(Value{Number: 1}, first[zhPolite][0], first[zhPolite][1]), true
	}
	return Value{}, false
}

// question tells an answer that ends in 吗, 么 or 什么.
func (t zhText) question() bool {
	n := len(t.c)
	if t.asks && !slices.Contains(t.c[:max(0, n-1)], ',') { // 嗯？
		return true
	}
	for n > 0 && t.in(n-1, ",啊") {
		n--
	}
	return t.in(n-1, "吗么") || t.contains("吗,")
}

// clauseAnswer reads the answer the clause at i begins with.
func (t zhText) clauseAnswer(i int) (from, end int, answer zhAnswer) {
	j := i
	for range 6 {
		if t.in(j, ",") {
			j++
			continue
		}
		if answer, n := t.answerAt(j); n > 0 {
			return j, j + n, answer
		}
		_, n := zhSubjects.at(t, j)
		if n == 0 {
			break
		}
		j += n
	}
	return i, j, 0
}

// answerAt reads an answer at i. What says nothing goes before what agrees
// when it is longer: 好像 is not 好.
func (t zhText) answerAt(i int) (zhAnswer, int) {
	a, n := zhAnswers.at(t, i)
	alone, m := zhAlone.at(t, i)
	if w, k := zhWanting.at(t, i); k > max(n, m) {
		return t.wanting(i, w, k)
	}
	if n >= m && n > 0 {
		return a, n
	}
	j := i + m
	for m > 0 && t.in(j, zhParticles) {
		j++
	}
	if m == 0 || j < len(t.c) && t.c[j] != ',' && !t.answers(j) {
		return 0, 0
	}
	return alone, j - i
}

// wanting reads one of zhWanting, k characters long.
func (t zhText) wanting(i int, w zhAnswer, k int) (zhAnswer, int) {
	j := i + k
	for t.in(j, zhParticles) {
		j++
	}
	rest := t.nextClause(j) - j
	if rest > 0 && (w == zhYes && t.one(j, "谢谢") == 0 || w == zhNo && rest > mostRefused && !t.answers(j)) {
		return 0, 0
	}
	return w, k
}

// answers tells whether another answer or thanks follow at once: 对没错, 嗯好的.
func (t zhText) answers(i int) bool {
	if a, n := zhAnswers.at(t, i); n > 0 && a != zhNeither {
		return true
	}
	_, n := zhAlone.at(t, i)
	_, w := zhWanting.at(t, i)
	return n > 0 || w > 0 || t.one(i, "谢谢", "麻烦", "就这样", "那就", "你", "您", "我", "那") > 0
}

// repeats tells whether the next answer follows without a pause.
func (t zhText) repeats(i int) bool {
	for t.in(i, zhParticles) {
		i++
	}
	_, n := t.answerAt(i)
	return n > 0
}

func (t zhText) nextClause(i int) int {
	for i < len(t.c) && t.c[i] != ',' {
		i++
	}
	return i
}
