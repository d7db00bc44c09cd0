{
  description = "Finds leaked credentials in git history, working trees, container images and logs";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      each = f: nixpkgs.lib.genAttrs systems (system: f nixpkgs.legacyPackages.${system});
    in
    {
      packages = each (pkgs: {
        default = pkgs.buildGoModule {
          pname = "unleak";
          version = self.shortRev or "dirty";
          src = self;
          # scripts/nix-hash puts it here.
          vendorHash = "sha256-nIJ1MIqoGaepJ5vG2StefafbX7nVMrWVX4wIfljUdmU=";
          subPackages = [ "cmd/unleak" ];
          env.CGO_ENABLED = 0;
          tags = [ "nethttpomithttp2" ];
          ldflags = [ "-s" "-w" "-X main.commit=${self.rev or "dirty"}" ];
          nativeBuildInputs = [ pkgs.installShellFiles ];
          doCheck = false;
          postInstall = ''
            $out/bin/unleak manual man man1
            installManPage man1/*.1
            installShellCompletion --cmd unleak \
              --bash <($out/bin/unleak completion bash) \
              --zsh <($out/bin/unleak completion zsh) \
              --fish <($out/bin/unleak completion fish)
          '';
          meta = {
            description = "Finds leaked credentials";
            homepage = "https://github.com/unleak/unleak";
            license = pkgs.lib.licenses.asl20;
            mainProgram = "unleak";
          };
        };
      });
    };
}
