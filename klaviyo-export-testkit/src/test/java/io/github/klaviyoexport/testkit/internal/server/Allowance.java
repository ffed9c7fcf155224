package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.testkit.internal.account.ScriptedFault;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse.Ending;
import io.github.klaviyoexport.testkit.internal.server.Finding.Side;
import java.util.Set;

/**
 * A difference between Klaviyo's OpenAPI and what goes over the wire that is meant to be: all of
 * them are here, each with its reason. What none of them covers fails the test.
 */
enum Allowance {
  /**
   * The answer was scripted, or spoiled by a fault on its way: garbage, half an answer, none at
   * all. Whatever a test wants a client to live through is no matter of the document.
   */
  SCRIPTED_ANSWER {
    @Override
    boolean covers(Finding finding, Exchange exchange) {
      return finding.side() == Side.ANSWER
          && (exchange.fault() instanceof ScriptedFault.Answered
              || exchange.fault() instanceof ScriptedFault.Garbled
              || exchange.fault() instanceof ScriptedFault.Rewritten
              || exchange.fault() instanceof ScriptedFault.Silent
              || exchange.answer().ending() != Ending.COMPLETE);
    }
  },
  /** The edge in front of Klaviyo speaks HTML: 502, 504, 520 and up, and its challenge, 403. */
  EDGE {
    @Override
    boolean covers(Finding finding, Exchange exchange) {
      int status = exchange.answer().status();
      return finding.side() == Side.ANSWER
          && (exchange.fault() instanceof ScriptedFault.EdgeChallenge
              || (exchange.fault() instanceof ScriptedFault.ServerError
                  && NetworkEdge.answers(status)));
    }
  },
  /** Errors carry more than the document says: status, links and meta, as recorded live. */
  ERRORS_SAY_MORE {
    @Override
    boolean covers(Finding finding, Exchange exchange) {
      return finding.side() == Side.ANSWER
          && exchange.answer().status() >= 400
          && finding.rule().equals("additionalProperties")
          && finding.place().matches("/errors/\\d+")
          && Set.of("status", "links", "meta").contains(finding.member());
    }
  },
  /** Pages without a neighbour say so with null instead of leaving the link out: recorded live. */
  NULL_LINKS {
    @Override
    boolean covers(Finding finding, Exchange exchange) {
      return finding.side() == Side.ANSWER
          && finding.rule().equals("type")
          && Set.of("/links/next", "/links/prev").contains(finding.place())
          && finding.text().equals("found NULL");
    }
  },
  /**
   * A sparse fieldset takes out attributes, and then relationships too, that the schema calls
   * required: recorded live, and what sparse fieldsets are for. What was asked for must be there.
   */
  SPARSE_FIELDSET {
    @Override
    boolean covers(Finding finding, Exchange exchange) {
      boolean missing = finding.rule().equals("required");
      // An object of which parts are missing is not the null either that it might have been.
      boolean notNull = finding.rule().equals("type") && finding.text().equals("found OBJECT");
      return finding.side() == Side.ANSWER
          && (missing || notNull)
          && exchange.call().parameters().entrySet().stream()
              .anyMatch(
                  parameter ->
                      parameter.getKey().startsWith("fields[")
                          && !Set.of(parameter.getValue().split(",")).contains(finding.member()))
          && (finding.member().equals("relationships")
              || finding.place().matches("/(data|included)(/\\d+)?/attributes(/.*)?"));
    }
  },
  /**
   * JSON:API's media type is what we send; Klaviyo takes plain JSON too: seen in its own clients.
   */
  PLAIN_JSON {
    @Override
    boolean covers(Finding finding, Exchange exchange) {
      String type = exchange.call().header("Content-Type");
      return finding.side() == Side.REQUEST
          && finding.rule().equals("media type")
          && type != null
          && type.startsWith("application/json");
    }
  },
  /** OAuth's tokens come as Bearer: the guides say so, the document knows private keys only. */
  BEARER {
    @Override
    boolean covers(Finding finding, Exchange exchange) {
      String key = exchange.call().header("Authorization");
      return finding.rule().equals("header")
          && finding.place().equals("Authorization")
          && key != null
          && key.startsWith("Bearer ");
    }
  },
  /** Klaviyo serves other revisions as well; this document is of one of them. */
  OTHER_REVISION {
    @Override
    boolean covers(Finding finding, Exchange exchange) {
      String revision = exchange.call().header("revision");
      return finding.rule().equals("header")
          && finding.place().equals("revision")
          && revision != null
          && revision.matches("20\\d\\d-\\d\\d-\\d\\d(\\.pre)?");
    }
  },
  /** No operation, but it was asked for on purpose, and refused as such. */
  NO_SUCH_OPERATION {
    @Override
    boolean covers(Finding finding, Exchange exchange) {
      int status = exchange.answer().status();
      return finding.rule().equals("path") && (status == 404 || status == 405);
    }
  };

  abstract boolean covers(Finding finding, Exchange exchange);
}
