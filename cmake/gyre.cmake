# One line a folder: `gyre_library(stats DEPS gyre_base)` makes target gyre_stats from the folder's sources.
include_guard()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
find_package(Threads REQUIRED)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")  # Libraries' assertions hold in the builds with sanitizers.
if(GYRE_FUZZ)
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")  # What libFuzzer advises: higher levels merge the branches it looks for.
endif()

find_program(GYRE_CCACHE ccache)
if(GYRE_CCACHE)
  # Every clone and every build folder shares one cache: paths are hashed relative to the source.
  set(CMAKE_CXX_COMPILER_LAUNCHER env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${GYRE_CCACHE}")
endif()
find_program(GYRE_MOLD mold)
if(GYRE_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wno-missing-field-initializers -Werror=return-type -Werror=switch -fstack-protector-strong)
add_compile_definitions(_FORTIFY_SOURCE=2)
add_link_options(-Wl,-z,relro,-z,now -Wl,--gc-sections)
add_compile_options(-ffunction-sections -fdata-sections)
if(GYRE_SANITIZE)
  # Without this a finding of the undefined-behaviour sanitizer is a line in the log of a test that passes.
  add_compile_options(-fsanitize=${GYRE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_compile_options(-U_FORTIFY_SOURCE)
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
  add_link_options(-fsanitize=${GYRE_SANITIZE})
endif()
if(GYRE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

function(gyre_library name)
  cmake_parse_arguments(ARG "" "" "DEPS;EXCLUDE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  list(FILTER sources EXCLUDE REGEX "main\\.cc$")
  if(ARG_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${ARG_EXCLUDE}")
  endif()
  if(sources)
    add_library(gyre_${name} STATIC ${sources})
    target_include_directories(gyre_${name} PUBLIC "${CMAKE_SOURCE_DIR}")
    target_link_libraries(gyre_${name} PUBLIC ${ARG_DEPS})
  else()
    add_library(gyre_${name} INTERFACE)
    target_include_directories(gyre_${name} INTERFACE "${CMAKE_SOURCE_DIR}")
    target_link_libraries(gyre_${name} INTERFACE ${ARG_DEPS})
  endif()
endfunction()

# The operator's allocator, tcmalloc of https://github.com/gperftools/gperftools: where many threads build and drop
# trees of small pieces, it takes less time than glibc's. Linked whole, so that no order of libraries leaves it out.
# Sanitizers bring their own.
function(gyre_use_tcmalloc program)
  if(NOT GYRE_SANITIZE)
    find_library(GYRE_TCMALLOC libtcmalloc_minimal.a REQUIRED)
    target_link_libraries(${program} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${GYRE_TCMALLOC}>")
  endif()
endfunction()

# A program whose main is this folder's main.cc.
function(gyre_program name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  add_executable(${name} main.cc)
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
endfunction()

# One test program a folder: every *_test.cc of it, and its other sources.
function(gyre_test name)
  cmake_parse_arguments(ARG "" "" "DEPS;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_compile_definitions(${name} PRIVATE GYRE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
  if(ARG_LABELS)
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
  endif()
endfunction()
