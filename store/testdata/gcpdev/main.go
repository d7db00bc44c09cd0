// Gcpdev serves GCP Secret Manager from memory, for the tests of package store: gcpdev ADDRESS < SECRETS. It is a gRPC
// server of the published protos, and in front of it HTTP, turned into gRPC by the rules that the protos themselves give
// (google.api.http), as Google's own front end does. Its address is the only line of its output. scripts/gcpdev builds it.
//
// SECRETS is JSON: {"project": {"secret": [{"data": "...", "state": "ENABLED"}, ...]}}, versions oldest first.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	pb "cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	goodToken = "ya29.gcpdev"
	pageSize  = 2 // whatever is asked for: paging is to be tried
)

type version struct{ Data, State string }

type server struct {
	pb.UnimplementedSecretManagerServiceServer
	secrets map[string]map[string][]version
}

// page returns the part of a list that a token begins, and the token of the next.
func page[T any](all []T, token string) ([]T, string, error) {
	from := 0
	if token != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(token, "page "))
		if err != nil || n > len(all) {
			return nil, "", status.Error(codes.InvalidArgument, "page token")
		}
		from = n
	}
	to := min(len(all), from+pageSize)
	if to == len(all) {
		return all[from:], "", nil
	}
	return all[from:to], fmt.Sprintf("page %d", to), nil
}

func (s *server) ListSecrets(_ context.Context, r *pb.ListSecretsRequest) (*pb.ListSecretsResponse, error) {
	project, ok := s.secrets[strings.TrimPrefix(r.Parent, "projects/")]
	if !ok {
		return nil, status.Error(codes.PermissionDenied, "Permission 'secretmanager.secrets.list' denied for resource")
	}
	var names []string
	for name := range project {
		if strings.Contains(name, strings.TrimPrefix(r.Filter, "name:")) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	out := &pb.ListSecretsResponse{TotalSize: int32(len(names))}
	part, next, err := page(names, r.PageToken)
	for _, n := range part {
		out.Secrets = append(out.Secrets, &pb.Secret{Name: r.Parent + "/secrets/" + n})
	}
	out.NextPageToken = next
	return out, err
}

func (s *server) find(name string) ([]version, error) {
	f := strings.Split(name, "/") // projects/P/secrets/S
	if all, ok := s.secrets[f[1]][f[3]]; ok {
		return all, nil
	}
	return nil, status.Errorf(codes.NotFound, "Secret [%s] not found", name)
}

func (s *server) ListSecretVersions(_ context.Context, r *pb.ListSecretVersionsRequest) (*pb.ListSecretVersionsResponse, error) {
	all, err := s.find(r.Parent)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(r.Parent, "/blind") {
		return nil, status.Error(codes.PermissionDenied, "Permission 'secretmanager.versions.list' denied for resource")
	}
	var list []*pb.SecretVersion
	for i := len(all) - 1; i >= 0; i-- { // newest first
		state := pb.SecretVersion_State(pb.SecretVersion_State_value[all[i].State])
		if r.Filter == "state:ENABLED" && state != pb.SecretVersion_ENABLED {
			continue
		}
		list = append(list, &pb.SecretVersion{Name: fmt.Sprintf("%s/versions/%d", r.Parent, i+1), State: state, CreateTime: timestamppb.New(time.Date(2026, 1, i+1, 0, 0, 0, 0, time.UTC))})
	}
	part, next, err := page(list, r.PageToken)
	return &pb.ListSecretVersionsResponse{Versions: part, NextPageToken: next, TotalSize: int32(len(list))}, err
}

func (s *server) AccessSecretVersion(_ context.Context, r *pb.AccessSecretVersionRequest) (*pb.AccessSecretVersionResponse, error) {
	secret, number, _ := strings.Cut(r.Name, "/versions/")
	all, err := s.find(secret)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(number)
	if number == "latest" {
		n, err = len(all), nil
	}
	switch {
	case err != nil || n < 1 || n > len(all):
		return nil, status.Errorf(codes.NotFound, "Secret Version [%s] not found", r.Name)
	case strings.HasSuffix(secret, "/hidden"):
		return nil, status.Errorf(codes.PermissionDenied, "Permission 'secretmanager.versions.access' denied for resource '%s'", r.Name)
	case all[n-1].State != "ENABLED":
		return nil, status.Errorf(codes.FailedPrecondition, "Secret Version [%s] is in %s state.", r.Name, all[n-1].State)
	}
	return &pb.AccessSecretVersionResponse{Name: fmt.Sprintf("%s/versions/%d", secret, n), Payload: &pb.SecretPayload{Data: []byte(all[n-1].Data)}}, nil
}

// known lets nobody in without the token.
func known(ctx context.Context, in any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	m, _ := metadata.FromIncomingContext(ctx)
	if !slices.Contains(m.Get("authorization"), "Bearer "+goodToken) {
		return nil, status.Error(codes.Unauthenticated, "Request had invalid authentication credentials.")
	}
	return next(ctx, in)
}

func main() {
	s := &server{}
	if err := json.NewDecoder(os.Stdin).Decode(&s.secrets); err != nil {
		log.Fatal(err)
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	g := grpc.NewServer(grpc.UnaryInterceptor(known))
	pb.RegisterSecretManagerServiceServer(g, s)
	go func() { log.Fatal(g.Serve(inner)) }()
	conn, err := grpc.NewClient(inner.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	routes, err := routesOf(pb.File_google_cloud_secretmanager_v1_service_proto.Services().ByName("SecretManagerService"))
	if err != nil {
		log.Fatal(err)
	}
	outer, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outer.Addr())
	log.Fatal(http.Serve(outer, &gateway{conn, routes}))
}
