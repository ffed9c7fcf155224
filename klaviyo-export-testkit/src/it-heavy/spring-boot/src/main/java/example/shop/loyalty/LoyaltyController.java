package example.shop.loyalty;

import io.github.klaviyoexport.ExportException;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** What colleagues ask of the exports over HTTP. */
@RestController
@RequestMapping("/exports/{segment}")
class LoyaltyController {
  private final LoyaltyExports exports;

  LoyaltyController(LoyaltyExports exports) {
    this.exports = exports;
  }

  @PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
  String run(@PathVariable String segment) {
    return exports.run(segment).toJson();
  }

  @PostMapping("/start")
  ResponseEntity<Void> start(@PathVariable String segment) {
    exports.start(segment);
    return ResponseEntity.accepted().build();
  }

  @ExceptionHandler
  ResponseEntity<Map<String, String>> stopped(ExportException stopped) {
    return ResponseEntity.status(HttpStatus.BAD_GATEWAY)
        .body(Map.of("reason", stopped.reason().name(), "advice", stopped.getMessage()));
  }
}
