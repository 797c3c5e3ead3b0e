package dialog

import "github.com/dialwright/dialwright/nlu"

// builtinIntent are examples of what people say on every telephone. A flow
// that names such an intent without defining it gets these.
func builtinIntent(name, language string) ([]string, bool) {
	all := builtinEnglish
	if nlu.IsChinese(language) {
		all = builtinChinese
	}
	phrases, ok := all[name]
	return phrases, ok
}

// BuiltinIntents are the names of the intents every flow can use without
// defining them.
func BuiltinIntents() []string {
	return []string{"human", "repeat", "slower", "wait", "who_are_you", "opt_out"}
}

// Read only.
var builtinEnglish = map[string][]string{
	"human": {"human please", "a human please", "i want to speak to a human", "speak to a human", "talk to a human", "let me talk to a real person",
		"a real person please", "i want to speak to a person", "speak to somebody", "can i speak to someone", "speak to an agent", "talk to an agent",
		"speak to an adviser", "operator", "operator please", "customer service", "representative", "put me through to somebody", "transfer me to an agent",
		"i do not want to talk to a machine", "i do not want to talk to a robot"},
	"repeat": {"repeat that", "please repeat that", "repeat please", "can you repeat that", "could you repeat that", "say that again", "please say that again",
		"could you say that again", "come again", "pardon", "pardon me", "what did you say", "what was that", "i did not hear that", "i did not catch that",
		"sorry what", "one more time please", "once more please", "again please"},
	"slower": {"slower please", "speak slower", "please speak slower", "speak more slowly", "could you speak more slowly", "a bit slower please",
		"you are speaking too fast", "you talk too fast", "too fast", "not so fast", "slow down", "please slow down", "more slowly please"},
	"wait": {"wait", "wait a moment", "wait a minute", "just a moment", "just a moment please", "one moment", "one moment please", "one second",
		"just a second", "hold on", "please hold on", "hang on", "hang on a second", "give me a second", "give me a moment", "let me check",
		"let me have a look", "let me get a pen", "bear with me"},
	"who_are_you": {"who are you", "who is this", "who is calling", "who is speaking", "who am i speaking to", "who am i talking to", "what company is this",
		"which company are you calling from", "where are you calling from", "are you a robot", "are you a machine", "is this a robot",
		"am i talking to a machine", "what is your name"},
	"opt_out": {"do not call me again", "please do not call me again", "do not call again", "never call me again", "stop calling me", "stop calling",
		"please stop calling me", "take me off your list", "remove me from your list", "remove my number", "delete my number", "do not call me anymore",
		"do not ever call me", "i do not want any more calls", "no more calls", "put me on your do not call list", "unsubscribe"},
}

// Read only.
var builtinChinese = map[string][]string{
	"human": {"转人工", "人工", "人工服务", "人工客服", "我要人工", "找人工", "帮我转人工", "请转人工", "我要找真人", "我想跟真人说话", "找个人跟我说", "叫你们客服来",
		"让客服接电话", "我要和人说话", "我不想跟机器人说", "不要机器人", "转接客服", "接线员"},
	"repeat": {"再说一遍", "请再说一遍", "麻烦再说一遍", "你再说一次", "重复一遍", "请重复一下", "没听清", "我没听清", "没听清楚", "刚才没听清", "你说什么", "什么", "说啥",
		"没听见", "听不清", "再讲一遍", "你刚才说什么"},
	"slower": {"说慢一点", "请说慢一点", "慢一点", "慢点说", "你说慢点", "说得太快了", "太快了", "你说得太快", "讲慢一点", "能不能慢一点", "慢些说", "不要说这么快"},
	"wait": {"等一下", "等等", "稍等", "请稍等", "你等一下", "等我一下", "等一会儿", "稍等一下", "等我看看", "我看一下", "我查一下", "我找支笔", "先等等", "别挂",
		"等我一分钟"},
	"who_are_you": {"你是谁", "你谁啊", "你是哪位", "您哪位", "你哪里", "你是哪里的", "你是哪个公司的", "你们是什么公司", "你是什么公司", "哪个公司", "你是干什么的",
		"你是机器人吗", "你是不是机器人", "你是真人吗", "谁给我打电话"},
	"opt_out": {"不要再打了", "别再打了", "不要再打电话了", "别再给我打电话", "以后别打了", "以后不要打给我", "不要再打给我", "别打了", "把我的号码删掉", "把我号码删了",
		"删除我的号码", "不要再骚扰我", "别骚扰我", "再打我就投诉", "把我拉黑", "我不想再接到电话", "退订"},
}

// sentences are what a session says by itself where the flow says nothing.
type sentences struct {
	confirm  [2]string // around the values
	what     string    // one value was denied
	which    string    // one of several was denied
	whatIs   [2]string // around the name of a slot
	changed  [2]string // around a corrected value
	verify   [2]string // around what was heard
	wait     string
	optedOut string
	goodbye  string // max_length
}

func sentencesOf(language string) sentences {
	if nlu.IsChinese(language) {
		return sentences{confirm: [2]string{"跟您确认一下，", "，对吗？"}, what: "那应该是多少呢？请您再说一遍。", which: "请问哪一项不对？", whatIs: [2]string{"请问", "是什么？"},
			changed: [2]string{"好的，改成", "。"}, verify: [2]string{"您说的是：", "，对吗？"}, wait: "好的，您慢慢来。",
			optedOut: "好的，我们不会再给您打电话。再见。", goodbye: "抱歉，这次通话的时间到了。再见。"}
	}
	return sentences{confirm: [2]string{"Let me check: ", ". Is that right?"}, what: "What should it be, please?", which: "What is not right, please?",
		whatIs: [2]string{"What is the ", ", please?"}, changed: [2]string{"All right, ", "."}, verify: [2]string{"Did you say: ", "?"},
		wait: "Of course, take your time.", optedOut: "We will not call you again. Goodbye.", goodbye: "I am sorry, our time is over. Goodbye."}
}
