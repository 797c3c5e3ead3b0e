package model

import (
	"strings"
	"unicode"
)

// other is the intent of what means none of a flow's intents. It is learnt
// beside them and never told: a model that knows two meanings only takes
// everything for one of them.
const other = "\x00other"

// The fewest and the share of examples that other has.
const (
	fewestOther = 24
	shareOther  = 4 // one for so many of the flow's own
)

// others are examples of other in the languages of a flow's own examples.
func others(examples []Example) []Example {
	han, latin := false, false
	for _, e := range examples {
		if strings.ContainsFunc(e.Text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			han = true
		} else {
			latin = true
		}
	}
	var out []Example
	add := func(all []string) {
		for _, text := range all[:min(len(all), max(fewestOther, len(examples)/shareOther))] {
			out = append(out, Example{Text: text, Intent: other})
		}
	}
	if latin {
		add(othersEnglish())
	}
	if han {
		add(othersChinese())
	}
	return out
}

// What people say that no flow listens for, and bare values: sentences about
// anything but the business of a telephone call.
func othersEnglish() []string {
	return []string{
		"the weather is fine today",
		"purple elephants dance on the roof",
		"yesterday at five we went to the lake",
		"my brother lives in a small village",
		"the train to the north was late again",
		"i had soup and bread for lunch",
		"there is a green bicycle in the garden",
		"the children are playing with the dog",
		"last monday at three it rained a lot",
		"she bought a new pair of shoes",
		"we watched a film about the sea",
		"the window is open and it is cold",
		"my neighbour plays the piano at night",
		"two hundred and fifty",
		"three hundred dollars",
		"on the fifteenth of june",
		"in half an hour",
		"john smith",
		"it is my birthday next week",
		"the radio is too loud",
		"he works at the hospital",
		"the cat sleeps under the table",
		"i lost my keys somewhere",
		"they painted the house yellow",
		"coffee with milk and sugar",
		"the football match starts at eight",
		"my car is parked behind the church",
		"we are painting the kitchen",
		"grandmother baked a cake",
		"the bus stops at the corner",
		"what a strange noise",
		"somebody is at the door",
		"the river is very high this year",
		"i read that in the newspaper",
		"his name is peter and he is tall",
		"the lamp in the hall is broken",
		"twenty one market street",
		"seven four double nine",
		"the garden needs some water",
		"a bird flew into the room",
		"our teacher told a long story",
		"the moon was bright last night",
		"my son is learning to swim",
		"there were many people in town",
		"the bread smells wonderful",
		"i think it will snow",
		"the tea is getting cold",
		"a big red balloon",
		"the shop sells flowers and fruit",
		"my father likes old maps",
		"we climbed the mountain in summer",
		"it happened a long time ago",
		"the ship left the harbour",
		"everybody was singing",
		"the phone of my sister fell into the water",
		"a table for four people",
		"the stairs are steep and narrow",
		"he found a coin in the sand",
		"the music stopped suddenly",
		"they live near the airport",
	}
}

func othersChinese() []string {
	return []string{
		"今天天气真不错",
		"大象在屋顶上跳舞",
		"昨天下午五点我们去了湖边",
		"我弟弟住在一个小村子里",
		"去北京的火车又晚点了",
		"中午我吃了面条和饺子",
		"院子里有一辆绿色的自行车",
		"孩子们在和小狗玩",
		"上周一下了一整天的雨",
		"她买了一双新鞋",
		"我们看了一部关于大海的电影",
		"窗户开着有点冷",
		"邻居晚上总是弹钢琴",
		"二百五十",
		"三百块钱",
		"六月十五号",
		"半个小时",
		"张三",
		"下个星期是我的生日",
		"收音机声音太大了",
		"他在医院上班",
		"猫在桌子底下睡觉",
		"我的钥匙不见了",
		"他们把房子刷成了黄色",
		"咖啡加奶加糖",
		"足球比赛八点开始",
		"我的车停在教堂后面",
		"我们正在装修厨房",
		"奶奶做了一个蛋糕",
		"公交车在路口停",
		"多么奇怪的声音",
		"有人在敲门",
		"今年河水涨得很高",
		"我在报纸上看到的",
		"他叫小明个子很高",
		"走廊里的灯坏了",
		"中山路二十一号",
		"七四九九",
		"花园该浇水了",
		"一只鸟飞进了房间",
		"老师讲了一个很长的故事",
		"昨晚的月亮特别亮",
		"我儿子在学游泳",
		"街上人很多",
		"面包闻起来真香",
		"我看要下雪了",
		"茶快凉了",
		"一个红色的大气球",
		"那家店卖花和水果",
		"我爸爸喜欢旧地图",
		"夏天我们去爬山了",
		"那是很久以前的事",
		"船离开了港口",
		"大家都在唱歌",
		"我姐姐的手机掉进水里了",
		"四个人的桌子",
		"楼梯又陡又窄",
		"他在沙滩上捡到一枚硬币",
		"音乐突然停了",
		"他们住在机场附近",
	}
}
