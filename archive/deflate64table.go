package archive

// d64Table decodes a canonical code: how many codes there are of each length, and the symbols in order.
type d64Table struct {
	count  [d64MaxBits + 1]uint16
	symbol [320]uint16
}

// build makes the table from the lengths of the symbols' codes. It returns false for lengths that no code has.
func (t *d64Table) build(lengths []byte) bool {
	t.count = [d64MaxBits + 1]uint16{}
	for _, n := range lengths {
		t.count[n]++
	}
	left := 1
	var at [d64MaxBits + 2]uint16
	for n := 1; n <= d64MaxBits; n++ {
		if left = left<<1 - int(t.count[n]); left < 0 {
			return false
		}
		at[n+1] = at[n] + t.count[n]
	}
	for s, n := range lengths {
		if n > 0 {
			t.symbol[at[n]] = uint16(s)
			at[n]++
		}
	}
	return true
}

// dynamic reads the codes of a block that has its own.
func (d *deflate64) dynamic() error {
	head, err := d.bits(14)
	if err != nil {
		return err
	}
	codes, dists, order := int(head&31)+257, int(head>>5&31)+1, int(head>>10)+4
	var lengths [288 + 32]byte
	for i := range order {
		n, err := d.bits(3)
		if err != nil {
			return err
		}
		lengths[d64CodeOrder[i]] = byte(n)
	}
	if codes > 286 || !d.codes.build(lengths[:19]) {
		return errDeflate64
	}
	lengths = [288 + 32]byte{}
	for i := 0; i < codes+dists; {
		s, err := d.decode(&d.codes)
		if err != nil {
			return err
		}
		if s < 16 {
			lengths[i] = byte(s)
			i++
			continue
		}
		repeat, width := 3, uint(2)
		switch s {
		case 17:
			width = 3
		case 18:
			repeat, width = 11, 7
		}
		more, err := d.bits(width)
		if err != nil {
			return err
		}
		if repeat += int(more); i+repeat > codes+dists || s == 16 && i == 0 {
			return errDeflate64
		}
		for range repeat {
			if s == 16 {
				lengths[i] = lengths[i-1]
			}
			i++
		}
	}
	d.packed = d.codes.build(lengths[:codes]) && d.dists.build(lengths[codes:codes+dists])
	return nil
}
