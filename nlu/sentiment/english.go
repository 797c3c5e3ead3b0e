package sentiment

// english is the lexicon for English, as people talk on the phone.
func english() []entry {
	feel := func(weight float64, kind Kind, phrases string) entry {
		return entry{word{roleFeeling, kind, weight}, phrases}
	}
	return []entry{
		feel(3, Praise, "love,loved,amazing,awesome,fantastic,excellent,wonderful,brilliant,superb,outstanding,delighted,perfect,thrilled,incredible,a lifesaver,made my day,could not be happier,can not thank you enough,best ever"),
		feel(2, Praise, "great,very helpful,happy,glad,pleased,lovely,appreciate,appreciated,grateful,enjoy,enjoyed,enjoying,impressed,impressive,satisfied,best,beautiful,nice,kind of you,recommend,thank you so much,thanks a lot,well done,good job,works like a charm,like a dream,no complaints,can not complain,can not fault,fair enough"),
		feel(1.5, Praise, "good,helpful,friendly,polite,kind,patient,useful,easy,interesting,interested,like,liked,likes,quick,fast,smooth,reliable,clear,convenient,comfortable,professional,trust,worth it,better,fine by me,sounds good,sounds great,no problem,no worries,not bad,looking forward,works well,worked well,worked,sorted,solved,resolved,fixed,all good,cheers"),
		feel(0.9, Praise, "thanks,thank you,fine,welcome,fair,reasonable,okay with me,works,agree,prefer"),
		feel(-1, Dislike, "problem,problems,issue,issues,unfortunately,expensive,confusing,confused,difficult,hard,slow,late,busy,tired,worried,worry,concerned,unsure,doubt,boring,inconvenient,not interested,no interest,wrong,mistake,error,unclear,delay,delayed,missing,lost,noisy,bad line,complicated,afraid,sad,sick of,fed up,pointless,not now,too much"),
		feel(-1.7, Dislike, "bad,poor,broken,annoying,annoyed,unhappy,disappointed,disappointing,upset,useless,unhelpful,rude,unprofessional,fail,failed,fails,failing,failure,does not work,not working,did not work,stopped working,waste of time,waste of money,wasting my time,wasting my money,hate,hated,dislike,unfair,unreliable,overcharged,overpriced,hung up on me,ignored,frustrated,frustrating,nightmare,tricked,misled,misleading,mess,no use,not acceptable,got worse,worse,keep calling,keeps calling,keep ringing,leave me alone,bothering,bother me,no one ever calls,nobody answers,nobody helps,for nothing,still waiting,been waiting,let down,never again,rip off,ripoff"),
		feel(-2.6, Dislike, "terrible,horrible,awful,worst,dreadful,disgusting,appalling,pathetic,unacceptable,outrageous,disgrace,disgraceful,disaster,ridiculous,rubbish,garbage,crap,joke of a company,a joke,sucks,shocking,atrocious,hopeless"),
		feel(-2, Complaint, "complain,complained,complaint,complaints,report you,reporting you,my lawyer,lawyer,sue,sue you,solicitor,court,take legal action,legal action,ombudsman,regulator,the police,call the police,consumer protection,your supervisor,your manager,the manager,a manager,a supervisor,your boss,refund,want my money back,money back,cancel my account,close my account,stop calling,stop calling me,stop ringing,take me off,remove my number,harassment,harassing,harass,harassed,data protection,bad review"),
		feel(-3, Anger, "angry,furious,livid,outraged,enraged,fuming,shut up,how dare you,pissed,pissed off,had enough,had it with,enough is enough,sick and tired,get lost,go to hell,hell,damn,damn it,bloody,for god sake,for gods sake,for christ sake,what the hell,are you kidding,are you kidding me,screw you,piss off,bugger off,lost my patience,losing my patience,drop dead,do not you dare,makes me mad,driving me mad,driving me crazy"),
		feel(-3.5, Insult, "idiot,idiots,stupid,moron,morons,fool,fools,liar,liars,lying,cheat,cheats,cheated,thief,thieves,scam,scammer,scammers,scamming,fraud,fraudsters,crook,crooks,robbers,dumb,imbecile,scum,bastard,bastards,asshole,arsehole,bitch,fuck,fucking,fuck off,fuck you,shit,bullshit,jerk,clown,clowns,incompetent,con artist,con artists,parasites"),
		{word{role: roleNegation}, "not,never,no,nobody,nothing,without,hardly,barely,neither,nor,far from,stop being"},
		{word{role: roleDegree, weight: 1.4}, "very,really,so,extremely,absolutely,totally,completely,incredibly,too,such,such a,truly,super,highly,utterly,deeply,most,bloody well"},
		{word{role: roleDegree, weight: 0.6}, "a bit,a little,slightly,somewhat,kind of,sort of,fairly,a tad,quite,rather,more or less"},
		{word{role: roleTurn}, "but,however,although,yet"},
		{word{role: roleNothing}, "no matter,not only,like to,would like,i would like,looks like,look like,sounds like,feel like,something like,like this,like that,good morning,good afternoon,good evening,good day,good night,goodbye,good bye,have a nice day,have a good day,nice to meet you,well,no longer,hard drive,as well as,why not,too late to,so far,no thank you,no thanks,best time,good time to,fine print,late fee,late fees,late payment,lost my card,lost card,missing payment,works at,works for,works in,working hours,better not,best regards,like i said,agree to,fast forward,clear the,fair value,busy tone,kind of thing,no i,a manager at"},
	}
}
