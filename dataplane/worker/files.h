#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "operator/base/result.h"

namespace gyre::worker {

namespace fs = std::filesystem;

// Where pvc://claim/path is: <root>/claim/path. kInvalid for another scheme and for a path that leaves its claim.
Result<fs::path> local_path(std::string_view uri, const fs::path& root);

Result<std::string> read_file(const fs::path& path);

// Bytes on the disk when it returns, not just in the page cache. Makes the folders above; mode 0644.
Result<> write_file(const fs::path& path, std::string_view bytes);

struct FileDigest {
  std::int64_t size = 0;
  std::string sha256;  // 64 hex digits
};
Result<FileDigest> hash_file(const fs::path& path);
// Hashes what it wrote while it copies; flushed to the disk.
Result<FileDigest> copy_hashed(const fs::path& from, const fs::path& to);

// Regular files below a folder as paths relative to it, sorted bytewise. Hidden ones (a name that starts with a dot:
// partial folders, lost+found of some drivers' snapshots) are left out. Refuses symbolic links, by name: what they
// point to may be gone, or another, when the bytes are read again.
Result<std::vector<std::string>> list_files(const fs::path& folder);

// A temporary sibling of `target`, held locked while it is filled; commit() renames it to the target, so that readers
// see all of it or nothing. Without commit() it is removed; what a killed process left of one is removed by the next.
class Staging {
 public:
  static Result<Staging> make(const fs::path& target);
  Staging(Staging&& other) noexcept;
  Staging& operator=(Staging&&) = delete;
  ~Staging();

  const fs::path& folder() const { return folder_; }
  // kAlreadyExists when the target has something in it.
  Result<> commit();

 private:
  Staging(fs::path target, fs::path folder, int lock);

  fs::path target_;
  fs::path folder_;
  int lock_ = -1;
};

}  // namespace gyre::worker
