#include "operator/kube/subprocess.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

extern char** environ;

namespace gyre::kube {
namespace {

constexpr std::size_t kKeptOfErrors = 4096;
// How often we look whether to stop.
constexpr auto kSlice = std::chrono::milliseconds(100);

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  void reset(int fd) {
    close();
    fd_ = fd;
  }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read, write;

  bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    read.reset(ends[0]);
    write.reset(ends[1]);
    return true;
  }
};

std::vector<std::string> environment(const Program& program) {
  const auto is_replaced = [&](std::string_view entry) {
    const std::string_view name = entry.substr(0, entry.find('='));
    return std::any_of(program.env.begin(), program.env.end(), [&](const auto& ours) { return ours.first == name; });
  };
  std::vector<std::string> out;
  for (char** entry = environ; *entry; ++entry)
    if (!is_replaced(*entry)) out.emplace_back(*entry);
  for (const auto& [name, value] : program.env) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& text : strings) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

Result<pid_t> spawn(const Program& program, const Pipe& out, const Pipe& err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Our threads block SIGTERM and SIGINT, and a child would inherit that.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  std::vector<std::string> arguments = {program.command};
  arguments.insert(arguments.end(), program.args.begin(), program.args.end());
  std::vector<std::string> variables = environment(program);
  pid_t pid = 0;
  const int error = posix_spawnp(&pid, program.command.c_str(), &actions, &attributes, pointers(arguments).data(),
                                 pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error == 0) return pid;
  return fail(error == ENOENT ? Code::kNotFound : Code::kUnavailable, "CannotRun",
              fmt::format("cannot run {}: {}", program.command, std::strerror(error)));
}

// Takes what there is; closes the pipe at its end. Whether there may be more.
bool drain(Descriptor& from, std::string& into) {
  char bytes[16384];
  const ssize_t size = read(from.get(), bytes, sizeof(bytes));
  if (size > 0) into.append(bytes, static_cast<std::size_t>(size));
  if (size == 0 || (size < 0 && errno != EINTR && errno != EAGAIN)) from.close();
  return size > 0;
}

Result<void> check_size(const Program& program, Ended& ended) {
  if (ended.err.size() > kKeptOfErrors) ended.err.erase(0, ended.err.size() - kKeptOfErrors);
  if (ended.out.size() <= program.longest_output) return {};
  return fail(Code::kInvalid, "TooMuchOutput",
              fmt::format("{} wrote more than {} bytes", program.command, program.longest_output));
}

// Reads until the process has ended; what others still hold the pipes for is not waited for.
Result<void> collect(const Program& program, int process, Pipe& out, Pipe& err, Ended& ended, std::stop_token stop) {
  const auto deadline = std::chrono::steady_clock::now() + program.timeout;
  while (true) {
    if (stop.stop_requested()) return fail(Code::kCancelled, "Cancelled", "stopping");
    if (std::chrono::steady_clock::now() >= deadline)
      return fail(Code::kTimeout, "Timeout",
                  fmt::format("{} did not end within {}", program.command, format_duration(program.timeout)));
    pollfd polled[] = {{out.read.get(), POLLIN, 0}, {err.read.get(), POLLIN, 0}, {process, POLLIN, 0}};
    poll(polled, 3, static_cast<int>(kSlice.count()));
    const bool has_ended = polled[2].revents != 0;
    bool more = true;
    while (more) {
      more = drain(out.read, ended.out);
      more = drain(err.read, ended.err) || more;
      if (const auto fits = check_size(program, ended); !fits) return fits;
    }
    if (has_ended) return {};
  }
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Result<Ended> run_program(const Program& program, std::stop_token stop) {
  Pipe out, err;
  if (!out.open() || !err.open())
    return fail(Code::kUnavailable, "CannotRun", fmt::format("cannot open a pipe: {}", std::strerror(errno)));
  const Result<pid_t> pid = spawn(program, out, err);
  if (!pid) return fail(pid.error());
  out.write.close();
  err.write.close();
  // glibc 2.36 declares pidfd_open for C only.
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, *pid, 0)));
  Ended ended;
  const Result<void> collected = collect(program, process.get(), out, err, ended, stop);
  if (!collected) kill(-*pid, SIGKILL);
  ended.exit_code = wait_for(*pid);
  if (!collected) return fail(collected.error());
  return ended;
}

}  // namespace gyre::kube
