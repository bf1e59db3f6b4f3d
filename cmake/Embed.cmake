# Files that become part of a binary, as C++ string literals. CMake configures anew when one changes.

# forkjail_literal(VARIABLE FILE): sets VARIABLE to FILE as the inside of a string literal, byte for byte.
function(forkjail_literal variable file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} bytes HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  set(${variable} "${bytes}" PARENT_SCOPE)
endfunction()

# forkjail_embed(TARGET TEMPLATE): adds TEMPLATE, of which each @NAME@ is replaced, to TARGET's sources.
function(forkjail_embed target template)
  cmake_path(GET template STEM LAST_ONLY source)  # x.cpp of x.cpp.in
  configure_file(${template} ${CMAKE_CURRENT_BINARY_DIR}/${source} @ONLY)
  target_sources(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/${source})
endfunction()

# forkjail_page_rows(VARIABLE FOLDER): sets VARIABLE to the rows of src/server/page/page_files.cpp.in, one
# for each line of FOLDER/files.tsv, which web/build.mjs writes; to nothing where the page was not built.
function(forkjail_page_rows variable folder)
  set(rows "")
  file(GLOB list CONFIGURE_DEPENDS ${folder}/files.tsv)
  if(list)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
    file(STRINGS ${list} lines)
    foreach(line IN LISTS lines)
      string(REPLACE "\t" ";" fields "${line}")
      list(GET fields 0 path)
      list(GET fields 1 name)
      list(GET fields 2 digest)
      list(GET fields 3 caching)
      forkjail_literal(plain ${folder}/${name})
      forkjail_literal(gzip ${folder}/${name}.gz)
      forkjail_literal(brotli ${folder}/${name}.br)
      string(APPEND rows "    PageFile{\"${path}\"sv, \"${name}\"sv, \"${digest}\"sv, Caching::${caching},\n"
             "             \"${plain}\"sv,\n             \"${gzip}\"sv,\n             \"${brotli}\"sv},\n")
    endforeach()
  else()
    message(STATUS "no page in ${folder}: the service is built without one")
  endif()
  set(${variable} "${rows}" PARENT_SCOPE)
endfunction()
