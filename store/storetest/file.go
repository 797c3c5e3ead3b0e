package storetest

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
)

// ContactFile is a CSV file of so many rows, made as it is read, each with
// another Chinese mobile number, in no order.
func ContactFile(rows int) io.Reader {
	f := &contactFile{rows: rows, start: rand.IntN(numberSpace)}
	f.text.WriteString("姓名,手机,城市,欠款\n")
	return f
}

const (
	numberSpace = 100_000_000
	numberStep  = 61_803_399 // prime to the space: visits each number once
)

type contactFile struct {
	rows, start, row int
	text             bytes.Buffer
}

func (f *contactFile) Read(p []byte) (int, error) {
	for f.text.Len() < len(p) && f.row < f.rows {
		fmt.Fprintf(&f.text, "客户%d,138%08d,上海,%d.50\n", f.row, (f.start+f.row*numberStep)%numberSpace, f.row%10_000)
		f.row++
	}
	return f.text.Read(p)
}
