// Answers for each file name on stdin, which is a history in lockstep's format: a line with the verdict of Porcupine
// and the nanoseconds that it took. Files are read once; reading them is not measured.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

type line struct {
	Model   string
	Client  int
	Key     string
	F       string
	Args    struct{ Value, From, To json.RawMessage }
	Call    int64
	Return  *int64
	Outcome string
	Result  struct {
		Value json.RawMessage
		Ok    bool
	}
}

type input struct {
	f, key   string
	value    string
	from, to string
	unknown  bool
}

type output struct {
	value string
	ok    bool
}

type history struct {
	model porcupine.Model
	ops   []porcupine.Operation
}

var absent = "null"

func byKey(ops []porcupine.Operation) [][]porcupine.Operation {
	keys := map[string][]porcupine.Operation{}
	for _, op := range ops {
		key := op.Input.(input).key
		keys[key] = append(keys[key], op)
	}
	parts := [][]porcupine.Operation{}
	for _, part := range keys {
		parts = append(parts, part)
	}
	return parts
}

var register = porcupine.Model{
	Partition: byKey,
	Init:      func() interface{} { return absent },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		st, i, o := state.(string), in.(input), out.(output)
		switch i.f {
		case "read":
			return o.value == st, st
		case "write":
			return true, i.value
		default:
			if i.unknown || o.ok == (st == i.from) {
				if st == i.from {
					return true, i.to
				}
				return true, st
			}
			return false, st
		}
	},
}

var kv = porcupine.Model{
	Partition: byKey,
	Init:      func() interface{} { return "" },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		st, i, o := state.(string), in.(input), out.(output)
		switch i.f {
		case "get":
			return o.value == st, st
		case "put":
			return true, i.value
		default:
			return true, st + i.value
		}
	},
}

// A string stands for itself, anything else for its text.
func text(raw json.RawMessage) string {
	var value string
	if json.Unmarshal(raw, &value) == nil && len(raw) > 0 && raw[0] == '"' {
		return value
	}
	return string(raw)
}

func read(name string) history {
	file, err := os.Open(name)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 1<<20), 1<<28)
	h := history{}
	for number := 0; lines.Scan(); number++ {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			panic(err)
		}
		if number == 0 {
			h.model = map[string]porcupine.Model{"register": register, "kv": kv}[l.Model]
			continue
		}
		unknown := l.Outcome == "unknown"
		if l.Outcome == "fail" || (unknown && (l.F == "read" || l.F == "get")) {
			continue
		}
		end := int64(math.MaxInt64)
		if !unknown {
			end = *l.Return
		}
		h.ops = append(h.ops, porcupine.Operation{
			ClientId: l.Client,
			Input:    input{l.F, l.Key, text(l.Args.Value), text(l.Args.From), text(l.Args.To), unknown},
			Call:     l.Call,
			Output:   output{text(l.Result.Value), l.Result.Ok},
			Return:   end,
		})
	}
	return h
}

func main() {
	known := map[string]history{}
	names := bufio.NewScanner(os.Stdin)
	for names.Scan() {
		h, ok := known[names.Text()]
		if !ok {
			h = read(names.Text())
			known[names.Text()] = h
		}
		start := time.Now()
		verdict := porcupine.CheckOperationsTimeout(h.model, h.ops, time.Minute)
		fmt.Printf("%s %d\n", verdict, time.Since(start).Nanoseconds())
	}
}
