package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// route leads from a verb and path to a method, as google.api.http of the proto says.
type route struct {
	verb   string
	path   *regexp.Regexp
	fields []string // that the groups of path are
	method protoreflect.MethodDescriptor
}

var variable = regexp.MustCompile(`\{([a-z_.]+)=([^}]*)\}`)

// routesOf compiles the rules of a service, those for GET alone: the test's client only reads.
func routesOf(service protoreflect.ServiceDescriptor) ([]route, error) {
	var out []route
	for i := range service.Methods().Len() {
		m := service.Methods().Get(i)
		rule, ok := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
		if !ok || rule == nil {
			continue
		}
		for _, r := range append([]*annotations.HttpRule{rule}, rule.AdditionalBindings...) {
			if r.GetGet() == "" {
				continue
			}
			template, at := r.GetGet(), 0
			text, fields := "^", []string(nil)
			for _, v := range variable.FindAllStringSubmatchIndex(template, -1) {
				text += regexp.QuoteMeta(template[at:v[0]]) + "(" + strings.ReplaceAll(regexp.QuoteMeta(template[v[4]:v[5]]), `\*`, `[^/:]+`) + ")"
				fields, at = append(fields, template[v[2]:v[3]]), v[1]
			}
			path, err := regexp.Compile(text + regexp.QuoteMeta(template[at:]) + "$")
			if err != nil {
				return nil, err
			}
			out = append(out, route{"GET", path, fields, m})
		}
	}
	return out, nil
}

type gateway struct {
	conn   *grpc.ClientConn
	routes []route
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, t := range g.routes {
		m := t.path.FindStringSubmatch(r.URL.Path)
		if m == nil || r.Method != t.verb {
			continue
		}
		out, err := g.call(r, &t, m[1:])
		if err != nil {
			refuse(w, err)
			return
		}
		text, err := protojson.Marshal(out)
		if err != nil {
			refuse(w, err)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		_, _ = w.Write(text)
		return
	}
	http.Error(w, "<html>404</html>", http.StatusNotFound)
}

// call fills the request from path and query, and makes it.
func (g *gateway) call(r *http.Request, t *route, groups []string) (proto.Message, error) {
	in, err := message(t.method.Input())
	if err != nil {
		return nil, err
	}
	out, err := message(t.method.Output())
	if err != nil {
		return nil, err
	}
	for i, f := range t.fields {
		if err := set(in, in.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(f)), groups[i]); err != nil {
			return nil, err
		}
	}
	for name, values := range r.URL.Query() {
		f := in.ProtoReflect().Descriptor().Fields().ByJSONName(name)
		if f == nil {
			return nil, status.Errorf(codes.InvalidArgument, "Invalid JSON payload received. Unknown name %q: Cannot bind query parameter.", name)
		}
		if err := set(in, f, values[0]); err != nil {
			return nil, err
		}
	}
	ctx := metadata.AppendToOutgoingContext(r.Context(), "authorization", r.Header.Get("Authorization"))
	return out, g.conn.Invoke(ctx, fmt.Sprintf("/%s/%s", t.method.Parent().FullName(), t.method.Name()), in, out)
}

func message(d protoreflect.MessageDescriptor) (proto.Message, error) {
	t, err := protoregistry.GlobalTypes.FindMessageByName(d.FullName())
	if err != nil {
		return nil, err
	}
	return t.New().Interface(), nil
}

func set(m proto.Message, f protoreflect.FieldDescriptor, text string) error {
	switch {
	case f == nil:
		return status.Error(codes.Internal, "a rule names a field that is none")
	case f.Kind() == protoreflect.StringKind:
		m.ProtoReflect().Set(f, protoreflect.ValueOfString(text))
	case f.Kind() == protoreflect.Int32Kind:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return status.Errorf(codes.InvalidArgument, "Invalid value at %q", f.JSONName())
		}
		m.ProtoReflect().Set(f, protoreflect.ValueOfInt32(int32(n)))
	default:
		return status.Errorf(codes.Unimplemented, "%s", f.Kind())
	}
	return nil
}

// refuse writes an error as Google's APIs do (google.rpc.Status, AIP-193).
func refuse(w http.ResponseWriter, err error) {
	s := status.Convert(err)
	code := map[codes.Code]int{
		codes.InvalidArgument: 400, codes.FailedPrecondition: 400, codes.Unauthenticated: 401, codes.PermissionDenied: 403, codes.NotFound: 404, codes.ResourceExhausted: 429,
	}[s.Code()]
	if code == 0 {
		code = 500
	}
	name := map[codes.Code]string{codes.PermissionDenied: "PERMISSION_DENIED", codes.Unauthenticated: "UNAUTHENTICATED", codes.NotFound: "NOT_FOUND"}[s.Code()]
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": code, "message": s.Message(), "status": name}})
}
