package starter

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/nlu/knowledge"
)

// What the customer service in Chinese has written down answers what people
// ask in their own words, and nothing else.
func TestServiceKnowledge(t *testing.T) {
	dir := filepath.Join(root, "zh", "service")
	flow, err := dialog.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var parts []knowledge.File
	for _, name := range flow.Knowledge()["broadband"] {
		src, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, knowledge.File{Name: name, Source: src})
	}
	base, err := knowledge.Parse("zh", parts...)
	if err != nil {
		t.Fatal(err)
	}
	for question, source := range map[string]string{
		"请问千兆套餐多少钱":     "资费表 2026 第 3 页",
		"家庭套餐一个月要多少钱":   "资费表 2026 第 2 页",
		"最便宜的套餐网速是多少":   "资费表 2026 第 1 页",
		"千兆套餐合同要签多久":    "资费表 2026 第 3 页",
		"标准套餐提前退违约金是多少": "服务协议第 9 条",
		"我想问一下怎么改密码":    "使用手册 3.2",
		"无线密码怎么修改啊":     "使用手册 3.2",
		"你们周末开门吗":       "官网，联系我们",
		"发票怎么开":         "官网，发票说明",
		"我搬家了宽带怎么办":     "资费表 2026 第 4 页",
		"想暂停一下宽带可以吗":    "资费表 2026 第 5 页",
		"光猫亮红灯了怎么办":     "使用手册 5.1",
		"在哪里交费":         "官网，交费说明",
		"你们公司股票多少钱":     "",
		"今天中午吃什么":       "",
	} {
		a, ok := base.Ask(question)
		if ok != (source != "") || a.Source != source {
			t.Errorf("%s: %v, %q from %q, not from %q", question, ok, a.Text, a.Source, source)
		}
	}
}
