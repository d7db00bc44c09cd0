package verify

import (
	"context"
	"testing"

	"github.com/unleak/unleak/finding"
)

// giveUp is an issuer that answers, with nothing, once the run is interrupted.
type giveUp struct {
	Protocol
	interrupt func()
}

func (g giveUp) Ask(context.Context, *Client, Credential) (Answer, error) {
	g.interrupt()
	return unknown("the answer proves nothing (status 200)"), nil
}

// TestAnswersOfRequestsGivenUp: what comes back while a request is given up says nothing of the credential.
func TestAnswersOfRequestsGivenUp(t *testing.T) {
	v, err := New(newWorld(t).options(), ruleSet())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	got := v.askOne(ctx, &job{}, try{protocol: giveUp{interrupt: cancel}})
	if got.Status != finding.NotChecked || got.Cause != "interrupted" {
		t.Errorf("%s (%s), want not checked (interrupted)", got.Status, got.Cause)
	}
}
