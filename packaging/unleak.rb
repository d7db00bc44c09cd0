# Homebrew formula, built from source: brew install --HEAD ./packaging/unleak.rb
class Unleak < Formula
  desc "Finds leaked credentials in git history, working trees, container images and logs"
  homepage "https://github.com/unleak/unleak"
  license "Apache-2.0"
  head "https://github.com/unleak/unleak.git", branch: "main"

  depends_on "go" => :build

  def install
    ENV["CGO_ENABLED"] = "0"
    system "go", "build", *std_go_args(ldflags: "-s -w -X main.release=#{version}"), "./cmd/unleak"
    generate_completions_from_executable(bin/"unleak", "completion")
    system bin/"unleak", "manual", "man", "man1"
    man1.install Dir["man1/*.1"]
  end

  test do
    (testpath/"key.txt").write("token = gh" + "p_NqVwYS81VP7Hb1DX8pPd5khxE3pyIg3sJb3R\n")
    assert_match "github-pat", shell_output("#{bin}/unleak dir #{testpath}/key.txt", 1)
  end
end
