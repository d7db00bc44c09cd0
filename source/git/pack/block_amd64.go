package pack

import "golang.org/x/sys/cpu"

var bmi2 = cpu.X86.HasBMI2 && cpu.X86.HasSSSE3

// stretch bounds what is decoded in one call, during which the goroutine cannot be stopped: no more than some
// milliseconds even where these bytes make a thousand times as many.
const stretch = 32 << 10

// run decodes until there is a verdict.
func (c *cursor) run(f *Inflater) verdict {
	if !bmi2 {
		return c.runGo(f)
	}
	inLast, outLast := len(c.in)-inMargin, len(c.out)-outMargin
	for {
		v := runBMI2(&f.lit[0], &f.dist[0], c, f.litWidth, min(inLast, c.pos+stretch), outLast)
		if v != halted || c.pos > inLast || c.n > outLast {
			return v
		}
	}
}

// runBMI2 is runGo. It starts no turn where the input is past inLast or the output past outLast.
//
//go:noescape
func runBMI2(lit, dist *uint32, c *cursor, litWidth uint, inLast, outLast int) verdict
