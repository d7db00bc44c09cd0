# Builds the image from this folder: docker build -t unleak . ; docker run --rm -v "$PWD:/repo" unleak scan /repo
# It holds the program and nothing else: no shell, no git, and runs as a user without rights. With --target ci it has
# what the runners of GitLab, Jenkins and CircleCI need: a shell and git.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
ARG TARGETOS TARGETARCH VERSION="" COMMIT=""
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -tags nethttpomithttp2 -trimpath -buildvcs=false \
    -ldflags "-s -w -buildid= -X main.release=$VERSION -X main.commit=$COMMIT" -o /unleak ./cmd/unleak

FROM alpine:3.22 AS ci
# hadolint ignore=DL3018 # whatever Alpine 3.22 has of them is patched
RUN apk add --no-cache git openssh-client && adduser -D -u 65532 nonroot
COPY --from=build /unleak /usr/bin/unleak
LABEL org.opencontainers.image.source=https://github.com/unleak/unleak \
    org.opencontainers.image.title=unleak \
    org.opencontainers.image.licenses=Apache-2.0
# By number: Kubernetes starts no image of a named user where runAsNonRoot is asked for.
USER 65532:65532
CMD ["/usr/bin/unleak"]

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /unleak /usr/bin/unleak
LABEL org.opencontainers.image.source=https://github.com/unleak/unleak \
    org.opencontainers.image.title=unleak \
    org.opencontainers.image.licenses=Apache-2.0
USER 65532:65532
ENTRYPOINT ["/usr/bin/unleak"]
