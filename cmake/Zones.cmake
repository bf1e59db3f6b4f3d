# A zone is a folder under src/ and a static library. It sees the headers of the zones named after
# SEES and of no other: each zone gets an include directory of its own that holds links to just
# these folders, so that an include across a boundary does not compile.
function(forkjail_zone_includes target)
  set(view ${CMAKE_BINARY_DIR}/zones/${target})
  file(MAKE_DIRECTORY ${view})
  foreach(seen IN LISTS ARGN)
    if(NOT EXISTS ${view}/${seen})
      file(CREATE_LINK ${CMAKE_SOURCE_DIR}/src/${seen} ${view}/${seen} SYMBOLIC)
    endif()
  endforeach()
  target_include_directories(${target} PRIVATE ${view})
endfunction()

# forkjail_zone(NAME SEES zone...): library forkjail_NAME from src/NAME/*.cpp but main.cpp.
function(forkjail_zone name)
  cmake_parse_arguments(zone "" "" "SEES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(forkjail_${name} STATIC ${sources})
  forkjail_zone_includes(forkjail_${name} ${name} ${zone_SEES})
  target_link_libraries(forkjail_${name} PUBLIC forkjail_options)
  foreach(seen IN LISTS zone_SEES)
    target_link_libraries(forkjail_${name} PUBLIC forkjail_${seen})
  endforeach()
endfunction()
