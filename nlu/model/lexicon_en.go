package model

// lexiconEnglish has a line for each group of words that customers use for
// nearly the same thing; a_b is two words, and the first word names the group.
// It is knowledge about the language of telephone service, not about any one
// company's intents. A word in two groups belongs to the first.
const lexiconEnglish = `
lose lost losing misplace misplaced mislaid missing disappear disappeared vanish vanished gone
steal stole stolen theft thief rob robbed robbery mugged pickpocket snatched
fraud fraudulent scam scammed scammer phishing hacked hack hacker suspicious unauthorised unauthorized unrecognised unrecognized
find found locate located where whereabouts track tracking trace
arrive arrived arriving arrival come came coming receive received receiving reach reached delivered deliver delivery shipped shipping ship show_up turn_up
mail post posted mailed postal courier
send sent sending transmit forward
transfer transferred transferring transfers wire wired remit remittance
pay paid paying payment payments settle settled
buy bought buying purchase purchased purchasing purchases order ordered shopping
cost costs costing price prices pricing fee fees charge charged charges charging surcharge expensive
free complimentary gratis
money cash fund funds dough notes bills
withdraw withdrew withdrawn withdrawal withdrawals withdrawing take_out took_out
atm atms cashpoint cash_machine dispenser
deposit deposited depositing deposits pay_in paid_in
balance balances
top_up topup topped topping top-up reload recharge refill add_money
refund refunded refunds reimburse reimbursed reimbursement money_back get_back give_back return returned
cancel cancelled canceled cancelling canceling cancellation revoke revert reverse undo undone abort call_off withdraw_request
stop stopped stopping halt prevent quit cease
block blocked blocking freeze frozen suspend suspended lock locked disable disabled
unblock unlock unlocked unfreeze
activate activated activating activation enable enabled switch_on turn_on
deactivate deactivated switch_off turn_off
work works working worked function functioning functional operate
fail failed failing failure fails unsuccessful didn't_work not_work
broken broke break broken_down damaged damage defective faulty malfunction cracked
decline declined declining reject rejected rejecting rejection refuse refused denied deny
accept accepted accepting accepts acceptance
pend pending processing process processed clear cleared waiting
wait waited waits await awaiting
late delay delayed delays overdue slow slowly
fast quick quickly quicker faster rapid rapidly soon sooner speed express urgent urgently asap immediately expedite instantly
long how_long duration timeframe time_frame
when what_time date day
new brand_new another replacement replace replaced replacing renew renewal fresh
old previous former existing
expire expired expires expiring expiry expiration run_out
change changed changing changes modify modified alter amend edit update updated updating adjust
correct fix fixed fixing repair resolve resolved solve rectify sort_out
wrong incorrect incorrectly wrongly mistake mistaken mistakenly error errors erroneous inaccurate invalid
duplicate duplicated twice double doubled two_times repeated extra
check checking verify verified verifying verification validate validated confirm confirmed confirmation prove proof
identity identification id passport licence license document documents paperwork
pin passcode password passwords code pincode credentials
forget forgot forgotten can't_remember don't_remember
remember recall recollect
know knew knows aware understand understood
see saw seen view viewed look looking appear appears appearing appeared show shows showing shown display visible
tell told inform informed notify notified notification say said
explain explained explanation clarify why reason cause
ask asked asking enquire inquire enquiry inquiry question questions query wonder wondering
help helped helping helps assist assistance support aid
speak spoke talk talked talking chat contact human agent representative operator person advisor
want wants wanted wish desire like would_like need needs needed require required requires
can could able possible possibly allowed permitted may
get got getting obtain obtained acquire
make made making do did done doing perform
use used using usage utilise utilize
start started starting begin began begun set_up setup initiate
open opened opening create created creating register registered registration sign_up signup apply applied application
close closed closing terminate terminated delete deleted deleting remove removed erase get_rid
leave leaving quit
join enrol enroll enrolled
link linked linking connect connected connecting attach tie
account accounts acct
card cards plastic
credit debit
bank banks banking branch
visa mastercard amex
apple_pay google_pay contactless tap wallet
virtual disposable digital one-time temporary
physical actual real plastic_card
phone phones mobile cell cellphone telephone smartphone device handset iphone android
app application_software apps software
email e-mail mail_address mailbox
number numbers digit digits
address addresses residence moved move moving relocate relocated
name names surname maiden married
country countries nation abroad overseas foreign international internationally world europe european eu
travel travelling traveling trip holiday vacation
currency currencies dollar dollars euro euros pound pounds sterling usd gbp eur
exchange exchanged exchanging exchanges convert converted conversion swap
rate rates
limit limits limited limitation maximum max cap restriction restrictions restricted
minimum min least
age old_enough years_old child children kid kids son daughter teenager underage minor
salary wage wages paycheck income earnings payroll
friend friends family relative wife husband mother father
statement statements transaction transactions history activity entry
merchant store shop seller vendor retailer restaurant business company
recipient beneficiary payee receiver
source origin come_from came_from
cheque cheques check_paper
direct_debit standing_order automatic recurring subscription
bill billing invoice
loan borrow borrowed lend mortgage debt owe owed owing due
interest apr
insurance insured cover coverage policy
tax taxes
big large huge high higher great much many lot
small little low lower few less tiny
good nice great excellent best
bad terrible awful poor worst horrible
problem problems issue issues trouble troubles difficulty difficulties glitch bug
please kindly
hello hi hey greetings
thanks thank appreciate grateful
yes yeah sure okay ok correct right
no not never none nothing don't doesn't didn't isn't wasn't haven't hasn't won't can't cannot couldn't unable wouldn't without nope hadn't aren't weren't isnt dont didnt doesnt cant wont havent hasnt couldnt wasnt
still yet
again once_more anymore
already
today tonight
tomorrow
yesterday
week weeks weekly
month months monthly
year years annual annually yearly
hour hours
minute minutes
book booked booking reserve reserved reservation appointment schedule scheduled
restaurant dinner lunch dine eat eating table
weather forecast rain rainy sunny snow temperature
music song songs tune track album playlist
play played playing listen hear
movie movies film films cinema theatre theater
flight flights plane airline airport fly
hotel room stay lodging
car vehicle auto automobile
gas petrol fuel
food meal dish recipe cook cooking
calorie calories nutrition
health healthy doctor sick medical
alarm timer remind reminder alert
calendar event events meeting meetings
list lists todo
direction directions route map navigate distance far
traffic commute jam
translate translation language spanish french german chinese english
spell spelling
define definition meaning mean means
calculate calculation math percent
joke funny laugh
repeat louder
volume quiet
light lights lamp
shopping grocery groceries
package parcel
score rating rate_points
report reported reporting complain complaint dispute disputed
safe secure security safely
lower reduce decrease drop
raise increase raised higher
compare difference different
option options choice choose select pick
eligible qualify entitled
available availability
own have has had having hold
give gave given provide provided offer offered supply
keep kept save saved store_up
try tried trying attempt attempted
happen happened happening occur occurred going_on
think thought believe guess
hold holding
`
