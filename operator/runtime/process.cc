#include "operator/runtime/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace gyre::runtime::process {
namespace {

// Field `number` of /proc/self/stat, counted from one as proc(5) does; not the first two.
double stat_field(int number) {
  std::ifstream file("/proc/self/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  // The program's name, in brackets, may hold anything.
  std::istringstream rest(text.substr(text.rfind(')') + 1));
  std::string word;
  for (int field = 3; field <= number; ++field) rest >> word;
  return std::strtod(word.c_str(), nullptr);
}

double boot_time() {
  std::ifstream file("/proc/stat");
  std::string word;
  double time = 0;
  while (file >> word)
    if (word == "btime") file >> time;
  return time;
}

double page_size() { return static_cast<double>(sysconf(_SC_PAGESIZE)); }

}  // namespace

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double start_time() { return boot_time() + stat_field(22) / static_cast<double>(sysconf(_SC_CLK_TCK)); }

double resident_bytes() { return stat_field(24) * page_size(); }

double virtual_bytes() { return stat_field(23); }

double open_files() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator file("/proc/self/fd", error), end; file != end; file.increment(error))
    ++count;
  // Listing them opens one.
  return count > 0 ? count - 1 : 0;
}

double most_files() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

double threads() { return stat_field(20); }

}  // namespace gyre::runtime::process
