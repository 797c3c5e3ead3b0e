package model

import (
	"context"
	"math"
	"math/rand/v2"
)

// bagSettings of the embedding-bag network.
type bagSettings struct {
	hidden    int
	epochs    int
	rate      float64 // of learning, at the beginning; falls to 0
	smoothing float64 // of the labels
	dropout   float64 // of n-grams
}

// bag is a network: the mean of the n-grams' vectors, a rectifier, and a
// linear layer over the intents.
type bag struct {
	hidden, classes int
	embed           []float32 // [feature][hidden]
	bias            []float32 // [hidden]
	out             []float32 // [class][hidden]
	outBias         []float32 // [class]
}

func newBag(features, hidden, classes int, rng *rand.Rand) *bag {
	b := &bag{hidden: hidden, classes: classes, embed: make([]float32, features*hidden), bias: make([]float32, hidden),
		out: make([]float32, classes*hidden), outBias: make([]float32, classes)}
	for i := range b.embed {
		b.embed[i] = float32(rng.Float64()*2-1) * 0.3
	}
	scale := math.Sqrt(6 / float64(hidden+classes))
	for i := range b.out {
		b.out[i] = float32((rng.Float64()*2 - 1) * scale)
	}
	return b
}

// trainBag learns with Adagrad, one accumulator for each n-gram's vector.
func trainBag(ctx context.Context, rows []row, label []int32, features, classes int, set bagSettings, rng *rand.Rand) *bag {
	b := newBag(features, set.hidden, classes, rng)
	t := &bagTrainer{bag: b, set: set, rng: rng,
		gradEmbed: make([]float32, features), gradOut: make([]float32, classes), gradBias: 1e-6,
		hid: make([]float32, set.hidden), back: make([]float32, set.hidden), prob: make([]float32, classes)}
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	total := float64(set.epochs * len(rows))
	step := 0.0
	for range set.epochs {
		if ctx.Err() != nil {
			return b
		}
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			t.learn(rows[i], int(label[i]), float32(set.rate*(1-step/total)))
			step++
		}
	}
	return b
}

type bagTrainer struct {
	*bag
	set                bagSettings
	rng                *rand.Rand
	gradEmbed, gradOut []float32
	gradBias           float32
	hid, back, prob    []float32
	keptID             []int32
	keptVal            []float32
}

// learn takes one step down the gradient of one sentence's loss.
func (t *bagTrainer) learn(r row, label int, rate float32) {
	t.drop(r)
	copy(t.hid, t.bias)
	h := t.hidden
	for k, id := range t.keptID {
		axpy(t.keptVal[k], t.embed[int(id)*h:int(id)*h+h], t.hid)
	}
	for j, v := range t.hid {
		t.hid[j] = max(v, 0)
		t.back[j] = 0
	}
	for c := range t.prob {
		t.prob[c] = t.outBias[c] + dot32(t.out[c*h:c*h+h], t.hid)
	}
	softmax(t.prob)
	even := float32(t.set.smoothing / float64(t.classes))
	norm := float32(0)
	for _, v := range t.hid {
		norm += v * v
	}
	for c := range t.prob {
		want := even
		if c == label {
			want += float32(1 - t.set.smoothing)
		}
		g := t.prob[c] - want
		if g < 1e-5 && g > -1e-5 {
			continue
		}
		w := t.out[c*h : c*h+h]
		axpy(g, w, t.back)
		t.gradOut[c] += g * g * (norm + 1) / float32(h)
		eta := rate * g / float32(math.Sqrt(float64(t.gradOut[c])+1e-6))
		axpy(-eta, t.hid, w)
		t.outBias[c] -= eta
	}
	t.backward(rate)
}

// backward passes the gradient on to the vectors of the n-grams.
func (t *bagTrainer) backward(rate float32) {
	h := t.hidden
	norm := float32(0)
	for j, v := range t.hid {
		if v == 0 {
			t.back[j] = 0
		}
		norm += t.back[j] * t.back[j]
	}
	norm /= float32(h)
	for k, id := range t.keptID {
		v := t.keptVal[k]
		t.gradEmbed[id] += v * v * norm
		eta := rate * v / float32(math.Sqrt(float64(t.gradEmbed[id])+1e-8))
		axpy(-eta, t.back, t.embed[int(id)*h:int(id)*h+h])
	}
	t.gradBias += norm
	axpy(-rate/float32(math.Sqrt(float64(t.gradBias))), t.back, t.bias)
}

// drop leaves some n-grams out, and makes the others heavier for it.
func (t *bagTrainer) drop(r row) {
	t.keptID, t.keptVal = t.keptID[:0], t.keptVal[:0]
	keep := float32(1 / (1 - t.set.dropout))
	threshold := uint64(t.set.dropout * (1 << 32))
	for k, id := range r.id {
		if t.rng.Uint64()>>32 < threshold {
			continue
		}
		t.keptID, t.keptVal = append(t.keptID, id), append(t.keptVal, r.val[k]*keep)
	}
}

// logits of a sentence, into dst of one number for each intent.
func (b *bag) logits(r row, dst []float32) {
	h := b.hidden
	hid := make([]float32, h)
	copy(hid, b.bias)
	for k, id := range r.id {
		axpy(r.val[k], b.embed[int(id)*h:int(id)*h+h], hid)
	}
	for j, v := range hid {
		hid[j] = max(v, 0)
	}
	for c := range dst {
		dst[c] = b.outBias[c] + dot32(b.out[c*h:c*h+h], hid)
	}
}

func axpy(a float32, x, y []float32) {
	y = y[:len(x)]
	i := 0
	for ; i+4 <= len(x); i += 4 {
		p, q := x[i:i+4:i+4], y[i:i+4:i+4]
		q[0] += a * p[0]
		q[1] += a * p[1]
		q[2] += a * p[2]
		q[3] += a * p[3]
	}
	for ; i < len(x); i++ {
		y[i] += a * x[i]
	}
}

func dot32(x, y []float32) float32 {
	y = y[:len(x)]
	var s0, s1, s2, s3 float32
	i := 0
	for ; i+4 <= len(x); i += 4 {
		p, q := x[i:i+4:i+4], y[i:i+4:i+4]
		s0 += p[0] * q[0]
		s1 += p[1] * q[1]
		s2 += p[2] * q[2]
		s3 += p[3] * q[3]
	}
	for ; i < len(x); i++ {
		s0 += x[i] * y[i]
	}
	return s0 + s1 + s2 + s3
}

// softmax in place.
func softmax(v []float32) {
	top := float32(math.Inf(-1))
	for _, x := range v {
		top = max(top, x)
	}
	sum := 0.0
	for i, x := range v {
		e := math.Exp(float64(x - top))
		v[i] = float32(e)
		sum += e
	}
	for i := range v {
		v[i] = float32(float64(v[i]) / sum)
	}
}
