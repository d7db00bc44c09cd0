# Builds the image from this folder: docker build -t unleak . ; docker run --rm -v "$PWD:/repo" unleak scan /repo
# It holds the program and nothing else: no shell, no git, and runs as a user without rights. With --target ci it has
# what the runners of GitLab, Jenkins and CircleCI need: a shell and git.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
ARG TARGETOS TARGETARCH VERSION="" COMMIT=""
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags "-s -w -buildid= -X main.release=$VERSION -X main.commit=$COMMIT" -o /unleak ./cmd/unleak

FROM alpine:3.22 AS ci
RUN apk add --no-cache git openssh-client && adduser -D -u 65532 nonroot
COPY --from=build /unleak /usr/bin/unleak
USER nonroot
CMD ["/usr/bin/unleak"]

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /unleak /usr/bin/unleak
USER nonroot
ENTRYPOINT ["/usr/bin/unleak"]
