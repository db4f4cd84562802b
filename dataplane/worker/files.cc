#include "dataplane/worker/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "operator/base/digest.h"
#include "operator/base/text.h"

namespace gyre::worker {
namespace {

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, mode_t mode = 0) : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  const int fd_;
};

std::unexpected<Error> failed(std::string_view verb, const fs::path& path, int error) {
  const Code code = error == ENOENT || error == ENOTDIR ? Code::kNotFound
                    : error == EACCES || error == EPERM ? Code::kForbidden
                                                        : Code::kUnavailable;
  return fail(code, "FileError", fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(error)));
}

Result<> write_all(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Gives each piece of a file to `take`, which may fail.
template <class Take>
Result<> for_each_piece(const fs::path& path, Take take) {
  const Descriptor file(path, O_RDONLY);
  if (!file) return failed("read", path, errno);
  std::string piece(1 << 20, '\0');
  while (true) {
    const ssize_t count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("read", path, errno);
    if (count == 0) return {};
    if (Result<> taken = take(std::string_view(piece).substr(0, static_cast<std::size_t>(count))); !taken) return taken;
  }
}

Result<> make_folders(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return failed("make the folder", folder, error.value());
  return {};
}

Result<> flush_folder(const fs::path& folder) {
  const Descriptor directory(folder, O_RDONLY | O_DIRECTORY);
  if (!directory || ::fsync(directory.get()) != 0) return failed("flush", folder, errno);
  return {};
}

Result<> flush_folders(const fs::path& root) {
  std::error_code error;
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end; it.increment(error))
    if (it->is_directory(error))
      if (Result<> flushed = flush_folder(it->path()); !flushed) return flushed;
  if (error) return failed("list", root, error.value());
  return flush_folder(root);
}

std::string partial_prefix(const fs::path& target) { return "." + target.filename().string() + ".partial-"; }

// Only those that no living process holds.
void remove_abandoned(const fs::path& target) {
  std::error_code error;
  std::vector<fs::path> found;
  for (fs::directory_iterator it(target.parent_path(), error), end; !error && it != end; it.increment(error))
    if (it->path().filename().string().starts_with(partial_prefix(target))) found.push_back(it->path());
  for (const fs::path& path : found) {
    const Descriptor folder(path, O_RDONLY | O_DIRECTORY);
    if (folder && ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0) fs::remove_all(path, error);
  }
}

}  // namespace

Result<fs::path> local_path(std::string_view uri, const fs::path& root) {
  constexpr std::string_view scheme = "pvc://";
  const std::string help = "write pvc://<claim>/<path>";
  if (!uri.starts_with(scheme))
    return fail(Code::kInvalid, "BadUri", fmt::format("\"{}\" is not storage that is understood; {}", uri, help));
  const std::string_view rest = uri.substr(scheme.size());
  const std::vector<std::string> parts = split(rest, '/');
  if (parts.empty() || parts.front().empty() || std::ranges::find(parts, ".") != parts.end() ||
      std::ranges::find(parts, "..") != parts.end())
    return fail(Code::kInvalid, "BadUri", fmt::format("\"{}\" leads out of its claim, or names none; {}", uri, help));
  fs::path out = root;
  for (const std::string& part : parts)
    if (!part.empty()) out /= part;
  return out;
}

Result<std::string> read_file(const fs::path& path) {
  std::string out;
  Result<> read = for_each_piece(path, [&out](std::string_view piece) -> Result<> {
    out += piece;
    return {};
  });
  if (!read) return fail(read.error());
  return out;
}

Result<> write_file(const fs::path& path, std::string_view bytes) {
  if (path.has_parent_path())
    if (Result<> made = make_folders(path.parent_path()); !made) return made;
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (!file) return failed("write", path, errno);
  if (Result<> written = write_all(file.get(), bytes, path); !written) return written;
  if (::fsync(file.get()) != 0) return failed("flush", path, errno);
  return {};
}

Result<FileDigest> hash_file(const fs::path& path) {
  Sha256 hash;
  FileDigest out;
  Result<> read = for_each_piece(path, [&](std::string_view piece) -> Result<> {
    hash.update(piece);
    out.size += static_cast<std::int64_t>(piece.size());
    return {};
  });
  if (!read) return fail(read.error());
  out.sha256 = hash.finish();
  return out;
}

Result<FileDigest> copy_hashed(const fs::path& from, const fs::path& to) {
  if (Result<> made = make_folders(to.parent_path()); !made) return fail(made.error());
  const Descriptor file(to, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (!file) return failed("write", to, errno);
  Sha256 hash;
  FileDigest out;
  Result<> copied = for_each_piece(from, [&](std::string_view piece) {
    hash.update(piece);
    out.size += static_cast<std::int64_t>(piece.size());
    return write_all(file.get(), piece, to);
  });
  if (!copied) return fail(copied.error());
  if (::fsync(file.get()) != 0) return failed("flush", to, errno);
  out.sha256 = hash.finish();
  return out;
}

Result<std::vector<std::string>> list_files(const fs::path& folder) {
  std::error_code error;
  std::vector<std::string> out;
  fs::recursive_directory_iterator it(folder, error), end;
  for (; !error && it != end; it.increment(error)) {
    const fs::path& path = it->path();
    if (it->is_symlink(error))
      return fail(Code::kInvalid, "SymbolicLink",
                  fmt::format("{} is a symbolic link; put a copy of the file there instead", path.string()));
    if (path.filename().string().starts_with('.')) {
      if (it->is_directory(error)) it.disable_recursion_pending();
      continue;
    }
    if (it->is_regular_file(error)) out.push_back(path.lexically_relative(folder).generic_string());
  }
  if (error) return failed("list", folder, error.value());
  std::ranges::sort(out);
  return out;
}

Staging::Staging(fs::path target, fs::path folder, int lock)
    : target_(std::move(target)), folder_(std::move(folder)), lock_(lock) {}

Staging::Staging(Staging&& other) noexcept
    : target_(std::move(other.target_)),
      folder_(std::exchange(other.folder_, {})),
      lock_(std::exchange(other.lock_, -1)) {}

Staging::~Staging() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

Result<Staging> Staging::make(const fs::path& target) {
  if (Result<> made = make_folders(target.parent_path()); !made) return fail(made.error());
  remove_abandoned(target);
  std::string folder = (target.parent_path() / (partial_prefix(target) + "XXXXXX")).string();
  if (::mkdtemp(folder.data()) == nullptr) return failed("make a folder in", target.parent_path(), errno);
  const int lock = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // Where the storage has no locks, another publisher of the same name would be the only danger: there is none.
  if (lock >= 0) ::flock(lock, LOCK_EX | LOCK_NB);
  Staging out(target, folder, lock);
  // Whoever serves the model may run as another user.
  if (::chmod(folder.c_str(), 0755) != 0) return failed("open to readers", folder, errno);
  return out;
}

Result<> Staging::commit() {
  if (Result<> flushed = flush_folders(folder_); !flushed) return flushed;
  if (::rename(folder_.c_str(), target_.c_str()) != 0) {
    if (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR)
      return fail(Code::kAlreadyExists, "AlreadyPublished", fmt::format("{} exists already", target_.string()));
    return failed("rename the finished folder to", target_, errno);
  }
  folder_.clear();
  return flush_folder(target_.parent_path());
}

}  // namespace gyre::worker
