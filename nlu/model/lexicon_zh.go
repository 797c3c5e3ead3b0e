package model

// lexiconChinese is to Chinese what lexiconEnglish is to English. The groups
// are named as the English ones where both exist.
const lexiconChinese = `
lose 丢 丢失 遗失 弄丢 丢了 不见了 找不到
steal 偷 被偷 被盗 盗刷 失窃
fraud 诈骗 骗子 骗人 欺诈 可疑 假的 忽悠
find 找 查找 在哪 在哪里 哪里 哪儿
arrive 到 到达 收到 送到 到货 到账 送达
send 发 发送 寄 寄出 邮寄 快递
transfer 转账 汇款 打款 转钱 汇
pay 付 支付 付款 还款 还钱 还清 缴 缴费 交钱 结清 付钱 还上
buy 买 购买 下单 订购 入手
cost 价格 费用 多少钱 手续费 收费 价钱 运费 资费 扣费
expensive 贵 太贵 好贵 不便宜 偏贵
cheap 便宜 实惠 划算 优惠 打折 折扣 性价比 物美价廉
money 钱 现金 资金 款 钱款
withdraw 取款 取钱 提现
deposit 存款 存钱
balance 余额 剩余
top_up 充值 充钱
refund 退款 退钱 退货 退回
cancel 取消 撤销 退订 不要了 作废
stop 停 停止 停掉 别再 不要再
block 冻结 封 锁 挂失
activate 激活 开通 启用
close 注销 销户 关闭 关掉 关
open 打开 开 开启
work 能用 好用 管用
fail 失败 不成功 没成功 没法 无法 用不了 不能用 不行
decline 拒绝 拒收 被拒
accept 接受 同意 答应 可以 行 好的 没问题
wait 等 等待 等等 等一下 稍等 等会 等会儿 待会 待会儿 一会 一会儿
late 晚 慢 迟 延迟 太慢 太晚 久 好久 很久 逾期 拖 超时
fast 快 很快 快速 迅速 马上 立刻 立即 尽快 赶紧 及时 准时 神速
early 提前 早
new 新 新的
old 旧 原来 以前
expire 过期 到期
change 改 修改 更改 变更 换 更换 调整
correct 修复 解决 处理 修
wrong 错 错误 错了 不对 搞错 弄错 送错
check 查 查询 核实 确认 核对 查看 看看
identity 身份 身份证 证件
pin 密码 验证码
forget 忘 忘记 忘了
know 知道 明白 清楚 了解 懂
tell 告诉 通知 提醒
explain 解释 说明 介绍
why 为什么 为啥 怎么会 原因
ask 问 请问 咨询 打听
help 帮 帮忙 帮我 帮助 协助
speak 说 讲 聊 谈 沟通
human 人工 客服 真人 经理 转人工 人工客服 人工服务
want 想 要 想要 需要 希望
get 拿 领 领取 取
make 做 办 办理 弄
use 用 使用
card 卡 银行卡 信用卡 卡片
account 账户 账号 帐号 户头
bill 账单 帐单 发票
loan 贷款 借款 借 欠 欠款 债
interest 利息 利率
instalment 分期 分几期 几期
grace 宽限 缓 缓缓 宽限几天 延期 晚几天 过几天
phone 手机 电话 号码 手机号
address 地址 位置
name 名字 姓名 叫什么
company 公司 单位 平台 商家 店家 店铺 餐厅 饭店 这家店
time 时间 时候 什么时候 几点 几时 多久
today 今天 今晚
tomorrow 明天 明日
yesterday 昨天
week 周 星期 礼拜
month 月 个月
hour 小时 钟头
busy 忙 没空 没时间 开会 在忙 不方便 开车
later 以后 回头 改天 下次 再说 考虑 考虑一下 想想
no 不 没 没有 不是 不要 别 未 不用 不需要 不会 不想 不能 没收到
yes 是的 对 对的 嗯 好 好啊 是啊 没错
again 再 又 还 再次 重新 重复 再说一遍
what 什么 啥
who 谁 哪位 哪里的 哪家 哪个公司
good 不错 好吃 很好 挺好 满意 喜欢 棒 赞 很棒 美味 可口 好评 完美 给力 超赞 非常好 值得 新鲜 热乎 周到 推荐 开心 舒服
bad 差 难吃 不好 不好吃 糟糕 差评 恶心 垃圾 太差 很差 不满意 失望 坑 无语 坑爹 难喝 劣质 倒闭 郁闷 生气 气人 后悔
taste 味道 口味 口感 味
portion 分量 份量 量
much 多 很多 大 足 十足 量足 很足
little 少 太少 小 不够 少得可怜 很少
cold 凉 凉了 冷 冷了 冰凉
hot 热 热的 烫 热腾腾
salty 咸 太咸 齁
spicy 辣
sweet 甜
oily 油 油腻 太油 腻
service 服务 态度 服务态度
courier 送餐 外卖 送餐员 外卖小哥 小哥 骑手 配送员 送货员 师傅 快递员
dish 菜 饭 米饭 面 肉 汤 菜品 饭菜
missing 漏 少送 漏送 没送 缺
dirty 脏 头发 虫子 不干净 不卫生 苍蝇 拉肚子
clean 干净 卫生
package 包装 袋子 盒子
spill 洒 洒了 撒了 漏了
complain 投诉 举报 抱怨
curse 妈的 他妈的 滚 滚蛋 神经病 傻逼 有病 去死
never 再也不 不会再 绝不 最后一次
next 还会 下次还 以后还 继续 再来 常来 回购
play 播放 放 听 来一首 放一首 来首 放首 点一首 想听
sing 唱 演唱
song 歌 歌曲 音乐 曲子 首歌
movie 电影 视频 片子
weather 天气 下雨 温度 气温
louder 大声 大点声 大声点 声音大
quieter 小声 小点声 声音小
slow_down 慢一点 慢点 说慢点
short 讲重点 说重点 简单点 长话短说
trust 相信 信 信任
`
