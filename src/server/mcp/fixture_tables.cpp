// Texts of tests, as the conformance suite describes them, therefore long lines.
#include "server/mcp/fixture_tables.h"

namespace forkjail::server::mcp {
namespace {

// A picture of one red dot, and a sound without samples.
#define FORKJAIL_DOT                                                         \
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ" \
  "/pLvAAAAAElFTkSuQmCC"
#define FORKJAIL_SILENCE "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA="

constexpr std::array kFixedTools{
    FixedTool{
        "test_simple_text",
        R"({"content":[{"type":"text","text":"This is a simple text response for testing."}]})"},
    FixedTool{"test_image_content", R"({"content":[{"type":"image","data":")" FORKJAIL_DOT
                                    R"(","mimeType":"image/png"}]})"},
    FixedTool{"test_audio_content", R"({"content":[{"type":"audio","data":")" FORKJAIL_SILENCE
                                    R"(","mimeType":"audio/wav"}]})"},
    FixedTool{"test_embedded_resource",
              R"({"content":[{"type":"resource","resource":{"uri":"test://embedded-resource",)"
              R"("mimeType":"text/plain","text":"This is an embedded resource content."}}]})"},
    FixedTool{"test_multiple_content_types",
              R"({"content":[{"type":"text","text":"Multiple content types test:"},)"
              R"({"type":"image","data":")" FORKJAIL_DOT R"(","mimeType":"image/png"},)"
              R"({"type":"resource","resource":{"uri":"test://mixed-content-resource",)"
              R"("mimeType":"application/json","text":"{\"test\":\"data\",\"value\":123}"}}]})"},
    FixedTool{"test_error_handling",
              R"({"isError":true,"content":[{"type":"text",)"
              R"("text":"This tool intentionally returns an error for testing"}]})"},
};

constexpr std::array<std::string_view, 3> kLogs{
    R"({"level":"info","data":"Tool execution started"})",
    R"({"level":"info","data":"Tool processing data"})",
    R"({"level":"info","data":"Tool execution completed"})"};
constexpr std::array<std::string_view, 3> kSteps{R"("progress":0,"total":100})",
                                                 R"("progress":50,"total":100})",
                                                 R"("progress":100,"total":100})"};
constexpr std::string_view kDone = R"({"content":[{"type":"text","text":"Done."}]})";
constexpr std::string_view kLog = "notifications/message";
constexpr std::array kNotifyingTools{
    NotifyingTool{"test_tool_with_logging", kLog, kLogs, kDone},
    NotifyingTool{"test_logging_tool", kLog, kLogs, kDone},
    NotifyingTool{"test_tool_with_progress", "notifications/progress", kSteps, kDone},
};

constexpr std::string_view kElicit = "elicitation/create";
constexpr std::string_view kElicitation = "elicitation";
constexpr std::string_view kSample = "sampling/createMessage";

constexpr std::string_view kDefaults =
    R"({"message":"Please review the fields","requestedSchema":{"type":"object","properties":{)"
    R"("name":{"type":"string","default":"John Doe"},"age":{"type":"integer","default":30},)"
    R"("score":{"type":"number","default":95.5},"status":{"type":"string",)"
    R"("enum":["active","inactive","pending"],"default":"active"},)"
    R"("verified":{"type":"boolean","default":true}}}})";
constexpr std::string_view kEnums =
    R"({"message":"Please select","requestedSchema":{"type":"object","properties":{)"
    R"("untitledSingle":{"type":"string","enum":["option1","option2","option3"]},)"
    R"("titledSingle":{"type":"string","oneOf":[{"const":"value1","title":"First Option"},)"
    R"({"const":"value2","title":"Second Option"}]},)"
    R"("legacyEnum":{"type":"string","enum":["opt1","opt2"],"enumNames":["One","Two"]},)"
    R"("untitledMulti":{"type":"array","items":{"type":"string",)"
    R"("enum":["option1","option2","option3"]}},)"
    R"("titledMulti":{"type":"array","items":{"anyOf":[{"const":"value1","title":"First Choice"},)"
    R"({"const":"value2","title":"Second Choice"}]}}}}})";

constexpr std::array kAskingTools{
    AskingTool{"test_sampling",
               R"({"type":"object","properties":{"prompt":{"type":"string"}}})",
               {"", "sampling", kSample,
                R"({"messages":[{"role":"user","content":{"type":"text","text":"Test prompt"}}],)"
                R"("maxTokens":100})"}},
    AskingTool{"test_elicitation",
               R"({"type":"object","properties":{"message":{"type":"string"}}})",
               {"", kElicitation, kElicit,
                R"({"message":"Please answer","requestedSchema":{"type":"object","properties":)"
                R"({"response":{"type":"string"}},"required":["response"]}})"}},
    AskingTool{
        "test_elicitation_sep1034_defaults", kAnyArguments, {"", kElicitation, kElicit, kDefaults}},
    AskingTool{
        "test_elicitation_sep1330_enums", kAnyArguments, {"", kElicitation, kElicit, kEnums}},
};

// A form with one field.
#define FORKJAIL_FORM(text, field, type)                                                 \
  R"({"message":")" text R"(","requestedSchema":{"type":"object","properties":{")" field \
  R"(":{"type":")" type R"("}},"required":[")" field R"("]}})"

constexpr InputRequest kName{"user_name", kElicitation, kElicit,
                             FORKJAIL_FORM("What is your name?", "name", "string")};
constexpr InputRequest kConfirm{"confirm", kElicitation, kElicit,
                                FORKJAIL_FORM("Please confirm", "ok", "boolean")};
constexpr InputRequest kCapital{"capital_question", "sampling", kSample,
                                R"({"messages":[{"role":"user","content":{"type":"text",)"
                                R"("text":"What is the capital of France?"}}],"maxTokens":100})"};
constexpr InputRequest kRoots{"client_roots", "roots", "roots/list", "{}"};
constexpr InputRequest kStep1{"step1", kElicitation, kElicit,
                              FORKJAIL_FORM("Step 1: What is your name?", "name", "string")};
constexpr InputRequest kStep2{
    "step2", kElicitation, kElicit,
    FORKJAIL_FORM("Step 2: What is your favorite color?", "color", "string")};
constexpr InputRequest kContext{
    "user_context", kElicitation, kElicit,
    FORKJAIL_FORM("What context should the prompt use?", "context", "string")};

constexpr std::array kAskName{kName};
constexpr std::array kAskConfirm{kConfirm};
constexpr std::array kAskCapital{kCapital};
constexpr std::array kAskRoots{kRoots};
constexpr std::array kAskThree{kName, kCapital, kRoots};
constexpr std::array kAskTwo{kName, kCapital};
constexpr std::array kAskStep1{kStep1};
constexpr std::array kAskStep2{kStep2};
constexpr std::array kAskContext{kContext};

using Round = std::span<const InputRequest>;
constexpr std::array<Round, 1> kNameRounds{Round(kAskName)};
constexpr std::array<Round, 1> kConfirmRounds{Round(kAskConfirm)};
constexpr std::array<Round, 1> kCapitalRounds{Round(kAskCapital)};
constexpr std::array<Round, 1> kRootsRounds{Round(kAskRoots)};
constexpr std::array<Round, 1> kThreeRounds{Round(kAskThree)};
constexpr std::array<Round, 1> kTwoRounds{Round(kAskTwo)};
constexpr std::array<Round, 2> kSteps1And2{Round(kAskStep1), Round(kAskStep2)};
constexpr std::array<Round, 1> kContextRounds{Round(kAskContext)};

constexpr std::array kRoundsTools{
    RoundsTool{"test_input_required_result_elicitation", kNameRounds},
    RoundsTool{"test_input_required_result_sampling", kCapitalRounds},
    RoundsTool{"test_input_required_result_list_roots", kRootsRounds},
    RoundsTool{"test_input_required_result_request_state", kConfirmRounds, true},
    RoundsTool{"test_input_required_result_multiple_inputs", kThreeRounds, true},
    RoundsTool{"test_input_required_result_multi_round", kSteps1And2, true},
    RoundsTool{"test_input_required_result_tampered_state", kConfirmRounds, true},
    RoundsTool{"test_input_required_result_capabilities", kTwoRounds},
    RoundsTool{"test_streaming_elicitation", kNameRounds},
    RoundsTool{"test_missing_capability", kCapitalRounds},
};
constexpr RoundsTool kRoundsPrompt{"test_input_required_result_prompt", kContextRounds};

constexpr std::array kResources{
    FixtureResource{"test://static-text",
                    R"("mimeType":"text/plain",)"
                    R"("text":"This is the content of the static text resource."})"},
    FixtureResource{"test://static-binary",
                    R"("mimeType":"image/png","blob":")" FORKJAIL_DOT R"("})"},
    FixtureResource{"test://watched-resource",
                    R"("mimeType":"text/plain","text":"Watched resource content"})"},
};

#define FORKJAIL_MESSAGE(content) R"({"role":"user","content":{)" content "}}"
constexpr std::array kPrompts{
    FixturePrompt{
        "test_simple_prompt", "[]",
        FORKJAIL_MESSAGE(R"("type":"text","text":"This is a simple prompt for testing.")")},
    FixturePrompt{
        "test_prompt_with_arguments",
        R"([{"name":"arg1","required":true},{"name":"arg2","required":true}])",
        FORKJAIL_MESSAGE(
            R"("type":"text","text":"Prompt with arguments: arg1='$arg1', arg2='$arg2'")")},
    FixturePrompt{
        "test_prompt_with_embedded_resource", R"([{"name":"resourceUri","required":true}])",
        FORKJAIL_MESSAGE(R"("type":"resource","resource":{"uri":"$resourceUri",)"
                         R"("mimeType":"text/plain","text":"Embedded resource content"})")},
    FixturePrompt{
        "test_prompt_with_image", "[]",
        FORKJAIL_MESSAGE(R"("type":"image","mimeType":"image/png","data":")" FORKJAIL_DOT R"(")")},
    FixturePrompt{"test_input_required_result_prompt", "[]",
                  FORKJAIL_MESSAGE(R"("type":"text","text":"With the context that was given.")")},
};

}  // namespace

std::span<const FixedTool> fixed_tools() { return kFixedTools; }
std::span<const NotifyingTool> notifying_tools() { return kNotifyingTools; }
std::span<const AskingTool> asking_tools() { return kAskingTools; }
std::span<const RoundsTool> rounds_tools() { return kRoundsTools; }
const RoundsTool& rounds_prompt() { return kRoundsPrompt; }
std::span<const FixtureResource> fixture_resource_rows() { return kResources; }
std::span<const FixturePrompt> fixture_prompts() { return kPrompts; }

}  // namespace forkjail::server::mcp
