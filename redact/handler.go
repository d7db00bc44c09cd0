package redact

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
)

// Handler redacts the messages and attributes of log records before another handler gets them. An attribute's key
// counts as the name of its value, so that slog.String("password", "...") is replaced.
type Handler struct {
	next     slog.Handler
	redactor *Redactor
}

// NewHandler returns a handler in front of next.
func (r *Redactor) NewHandler(next slog.Handler) *Handler { return &Handler{next: next, redactor: r} }

// Enabled implements slog.Handler.
func (h *Handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h *Handler) Handle(ctx context.Context, rec slog.Record) error {
	out := slog.NewRecord(rec.Time, rec.Level, h.redactor.String(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(h.attr(a))
		return true
	})
	return h.next.Handle(ctx, out)
}

// WithAttrs implements slog.Handler.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = h.attr(a)
	}
	return &Handler{next: h.next.WithAttrs(clean), redactor: h.redactor}
}

// WithGroup implements slog.Handler.
func (h *Handler) WithGroup(name string) slog.Handler {
	return &Handler{next: h.next.WithGroup(name), redactor: h.redactor}
}

func (h *Handler) attr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(h.value(a.Key, v.String()))
	case slog.KindGroup:
		members := v.Group()
		clean := make([]slog.Attr, len(members))
		for i, m := range members {
			clean[i] = h.attr(m)
		}
		a.Value = slog.GroupValue(clean...)
	case slog.KindAny:
		a.Value = h.any(a.Key, v)
	default:
		a.Value = v
	}
	return a
}

// any redacts a value of any type by the texts that handlers make of it: as JSON and as fmt writes it. A value whose
// texts hold no credential stays what it is.
func (h *Handler) any(key string, v slog.Value) slog.Value {
	texts := []string{fmt.Sprintf("%+v", v.Any())}
	if b, ok := v.Any().([]byte); ok {
		texts[0] = string(b)
	}
	if b, err := json.Marshal(v.Any()); err == nil {
		texts = append(texts, string(b))
	}
	for i := len(texts) - 1; i >= 0; i-- {
		if clean := h.value(key, texts[i]); clean != texts[i] {
			return slog.StringValue(clean)
		}
	}
	return v
}

// value redacts a text that has a name.
func (h *Handler) value(key, s string) string {
	before, after := key+"=", ""
	for _, q := range []string{`"`, `'`, "`"} {
		if !strings.ContainsAny(s, q+"\n") {
			before, after = before+q, q
			break
		}
	}
	if named, ok := strings.CutPrefix(h.redactor.String(before+s+after), before); ok {
		if named, ok = strings.CutSuffix(named, after); ok {
			s = named
		}
	}
	return h.redactor.String(s)
}
