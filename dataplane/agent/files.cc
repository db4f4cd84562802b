#include "dataplane/agent/files.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace gyre::agent {

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(Code::kNotFound, "FileMissing", "cannot read " + path);
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

Result<> replace_file(const std::string& path, const std::string& content) {
  const std::string draft = path + ".tmp";
  std::ofstream out(draft, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  if (!out) return fail(Code::kUnavailable, "WriteFailed", "cannot write " + draft);
  std::error_code error;
  std::filesystem::rename(draft, path, error);
  if (error) return fail(Code::kUnavailable, "WriteFailed", "cannot rename " + draft + ": " + error.message());
  return {};
}

}  // namespace gyre::agent
