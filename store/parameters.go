package store

import (
	"context"
	"fmt"
)

// parameters reads SSM parameters ("AWS Systems Manager API Reference", Parameter Store, 2026).
type parameters struct{ *aws }

func openParameters(s spec, o Options) (source, error) {
	a, err := openAWS(s, o, "ssm", "AmazonSSM", "SSM")
	return &parameters{a}, err
}

func (p *parameters) read(ctx context.Context, r *reader) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	request := map[string]any{"MaxResults": 50}
	if p.prefix != "" {
		request["ParameterFilters"] = []map[string]any{{"Key": "Name", "Option": "BeginsWith", "Values": []string{"/" + p.prefix, p.prefix}}}
	}
	var list pages
	for {
		var page struct {
			Parameters []struct{ Name, Type string }
			NextToken  string
		}
		if err := p.call(ctx, "DescribeParameters", "DescribeParameters", request, &page); err != nil {
			return list.failed(ctx, r, "parameters", err)
		}
		err := r.each(ctx, len(page.Parameters), func(ctx context.Context, r *reader, i int) error {
			r.count("secrets", 1)
			return p.history(ctx, r, page.Parameters[i].Name)
		})
		if err != nil {
			return err
		}
		if page.NextToken == "" {
			return nil
		}
		if err := list.next(page.NextToken); err != nil {
			return list.failed(ctx, r, "parameters", err)
		}
		request["NextToken"] = page.NextToken
	}
}

// parameterVersion is one entry of GetParameterHistory.
type parameterVersion struct {
	Value   string
	Version int64
	Changed stamp `json:"LastModifiedDate"`
}

// history reads all versions of a parameter, or the current one where the policy allows no more.
func (p *parameters) history(ctx context.Context, r *reader, name string) error {
	if p.current {
		return p.parameter(ctx, r, name)
	}
	var all []parameterVersion
	request := map[string]any{"Name": name, "WithDecryption": true, "MaxResults": 50}
	var list pages
	for {
		var page struct {
			Parameters []parameterVersion
			NextToken  string
		}
		err := p.call(ctx, "GetParameterHistory", name, request, &page)
		if err == nil {
			all = append(all, page.Parameters...)
			if page.NextToken == "" {
				break
			}
			err = list.next(page.NextToken)
		}
		if err != nil { // the newest comes last
			if err := r.unread(ctx, name, fmt.Errorf("older versions: %w", err)); err != nil {
				return err
			}
			p.values(r, name, all, 0)
			return p.parameter(ctx, r, name)
		}
		request["NextToken"] = page.NextToken
	}
	newest := int64(0)
	for _, v := range all {
		newest = max(newest, v.Version)
	}
	p.values(r, name, all, newest)
	return nil
}

// values takes versions, of which that of the given number is handed out.
func (p *parameters) values(r *reader, name string, all []parameterVersion, current int64) {
	for _, v := range all {
		r.count("versions", 1)
		r.value(entry{path: name, version: fmt.Sprint(v.Version), current: v.Version == current, changed: v.Changed.time()}, v.Value)
	}
}

func (p *parameters) parameter(ctx context.Context, r *reader, name string) error {
	var answer struct{ Parameter parameterVersion }
	if err := p.call(ctx, "GetParameter", name, map[string]any{"Name": name, "WithDecryption": true}, &answer); err != nil {
		return r.unread(ctx, name, err)
	}
	r.count("versions", 1)
	v := answer.Parameter
	r.value(entry{path: name, version: fmt.Sprint(v.Version), current: true, changed: v.Changed.time()}, v.Value)
	return nil
}
