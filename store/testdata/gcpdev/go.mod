module gcpdev

go 1.26

require cloud.google.com/go/secretmanager v1.24.0
