// The request that runs a case of the battery, or one of its companions.
//
// `forkjail attack`, before anything is sent.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "attack/calibration.h"
#include "attack/case_file.h"

namespace forkjail::attack {

// The script of the case, or of what runs beside or after it.
enum class Part : unsigned char { attack, peer, next };

// "peer" and "next", as the header and the files call them.
[[nodiscard]] std::string_view name_of(Part part);
// What a run of it must answer; empty where the case has no such companion.
[[nodiscard]] const std::string& expectation_of(const CaseFile& file, Part part);

// The body for POST /execute, with the limits of a quiet machine.
[[nodiscard]] boost::json::object request_of(const CaseFile& file, Part part);

// Where everything takes longer, an honest share of time is longer, as far as the service allows.
void lengthen_limits(boost::json::object& request, const Slowness& slowness,
                     const boost::json::object& limits_max);

}  // namespace forkjail::attack
