package io.github.klaviyoexport.testkit.internal.endpoint;

import io.github.klaviyoexport.testkit.internal.api.Query;
import java.util.Map;
import java.util.Set;

/**
 * The resources that lists and profiles can be related to, and of which this fake has none: what a
 * call wants to see of them is checked, and there is nothing to show.
 */
final class AbsentResources {
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "conversation",
          Set.of("channel", "id"),
          "flow",
          Set.of("archived", "created", "id", "name", "status", "trigger_type", "updated"),
          "push-token",
          Set.of(
              "background",
              "created",
              "enablement_status",
              "id",
              "metadata",
              "metadata.app_build",
              "metadata.app_id",
              "metadata.app_name",
              "metadata.app_version",
              "metadata.device_id",
              "metadata.device_model",
              "metadata.environment",
              "metadata.klaviyo_sdk",
              "metadata.manufacturer",
              "metadata.os_name",
              "metadata.os_version",
              "metadata.sdk_version",
              "platform",
              "recorded_date",
              "token",
              "vendor"),
          "segment",
          Set.of(
              "created",
              "definition",
              "definition.condition_groups",
              "id",
              "is_active",
              "is_processing",
              "is_starred",
              "name",
              "updated"),
          "tag",
          Set.of("id", "name"));

  private AbsentResources() {}

  /** Checks the fieldsets of these types. */
  static void check(Query query, String... types) {
    for (String type : types) {
      query.fieldset(type, FIELDS.getOrDefault(type, Set.of()));
    }
  }
}
