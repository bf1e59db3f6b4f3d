# A zone is a folder under src/ and a static library; a room is such a folder inside a zone, under
# the same rule. It sees the headers of the folders named after SEES and of no other: it gets an
# include directory of its own that holds links to just these, so that an include across a boundary,
# back or in a circle, does not compile.
function(forkjail_zone_includes target)
  set(view ${CMAKE_BINARY_DIR}/zones/${target})
  file(MAKE_DIRECTORY ${view})
  foreach(seen IN LISTS ARGN)
    if(NOT EXISTS ${view}/${seen})
      cmake_path(GET seen PARENT_PATH parent)
      file(MAKE_DIRECTORY ${view}/${parent})
      file(CREATE_LINK ${CMAKE_SOURCE_DIR}/src/${seen} ${view}/${seen} SYMBOLIC)
    endif()
  endforeach()
  target_include_directories(${target} PRIVATE ${view})
endfunction()

# forkjail_zone(FOLDER SEES folder...): library forkjail_FOLDER (a slash becomes an underscore) from
# src/FOLDER/*.cpp but main.cpp.
function(forkjail_zone folder)
  cmake_parse_arguments(zone "" "" "SEES" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(forkjail_${name} STATIC ${sources})
  forkjail_zone_includes(forkjail_${name} ${folder} ${zone_SEES})
  target_link_libraries(forkjail_${name} PUBLIC forkjail_options)
  foreach(seen IN LISTS zone_SEES)
    string(REPLACE "/" "_" seen ${seen})
    target_link_libraries(forkjail_${name} PUBLIC forkjail_${seen})
  endforeach()
endfunction()

# forkjail_apart(FOLDER FILE...): these are compiled alone where a unity build joins a folder's files, as
# for the sanitizers (CMakePresets.json): each has a name in its anonymous namespace that a neighbour has
# as well.
function(forkjail_apart folder)
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/ OUTPUT_VARIABLE files)
  set_source_files_properties(${files} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
