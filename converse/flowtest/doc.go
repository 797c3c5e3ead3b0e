// Package flowtest is the language of the flows' tests: conversations written
// in YAML, held with a flow on a virtual clock by the same core that holds
// telephone calls. Minutes of talking take less than a millisecond, nothing is
// random, and what fails is shown as people would tell it: what the bot should
// have said, what it said, and how the conversation went so far.
package flowtest
