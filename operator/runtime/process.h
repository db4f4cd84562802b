#pragma once

#include <array>

// What Prometheus' own clients say of the process they are in, under their names.
namespace gyre::runtime::process {

double cpu_seconds();
double start_time();  // Seconds since 1970.
double resident_bytes();
double virtual_bytes();
double open_files();
double most_files();
double threads();

struct Figure {
  const char* name;
  const char* help;
  bool counts_up;
  double (*read)();
};

inline constexpr std::array kFigures = {
    Figure{"process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", true, cpu_seconds},
    Figure{"process_max_fds", "Maximum number of open file descriptors.", false, most_files},
    Figure{"process_open_fds", "Number of open file descriptors.", false, open_files},
    Figure{"process_resident_memory_bytes", "Resident memory size in bytes.", false, resident_bytes},
    Figure{"process_start_time_seconds", "Start time of the process since unix epoch in seconds.", false, start_time},
    Figure{"process_threads", "Number of OS threads.", false, threads},
    Figure{"process_virtual_memory_bytes", "Virtual memory size in bytes.", false, virtual_bytes},
};

}  // namespace gyre::runtime::process
