/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "config/shoald-config.h"

#include <string.h>

#include "config/shoald-error.h"

typedef enum
{
  FLAG_NONE = 0,
  FLAG_READ_ONLY = 1 << 0, /* by file and command line only */
  FLAG_RESTART = 1 << 1,   /* takes effect at the next start */
} Flags;

typedef gboolean (*CheckFunc) (GVariant *value, GError **error);

typedef struct
{
  const char *key;
  const char *type;
  Flags flags;
  guint64 min; /* of numbers */
  guint64 max;
  CheckFunc check;           /* (nullable) */
  const char *default_value; /* GVariant text */
} Setting;

static gboolean check_absolute (GVariant *value, GError **error);
static gboolean check_listen (GVariant *value, GError **error);
static gboolean check_bootstrap (GVariant *value, GError **error);
static gboolean check_master (GVariant *value, GError **error);
static gboolean check_gateways (GVariant *value, GError **error);
static gboolean check_sharing (GVariant *value, GError **error);
static gboolean check_metered (GVariant *value, GError **error);
static gboolean check_strategy (GVariant *value, GError **error);
static gboolean check_registry (GVariant *value, GError **error);
static gboolean check_dht (GVariant *value, GError **error);
static gboolean check_prefix (GVariant *value, GError **error);

/* clang-format off */
static const Setting settings[] = {
  { SHOALD_CONFIG_DATA_DIR, "s", FLAG_READ_ONLY, 0, 0, check_absolute, "''" },
  { SHOALD_CONFIG_LISTEN, "as", FLAG_NONE, 0, 0, check_listen,
    "['/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/0']" },
  { SHOALD_CONFIG_BOOTSTRAP, "as", FLAG_NONE, 0, 0, check_bootstrap, "@as []" },
  { SHOALD_CONFIG_MASTER_URL, "s", FLAG_NONE, 0, 0, check_master, "''" },
  { SHOALD_CONFIG_GATEWAYS, "as", FLAG_NONE, 0, 0, check_gateways, "@as []" },
  { SHOALD_CONFIG_SHARING_MODE, "s", FLAG_NONE, 0, 0, check_sharing, "'undecided'" },
  { SHOALD_CONFIG_MAX_UPLOAD_BPS, "t", FLAG_NONE, 0, G_MAXINT64, NULL, "uint64 0" },
  { SHOALD_CONFIG_MAX_DOWNLOAD_BPS, "t", FLAG_NONE, 0, G_MAXINT64, NULL, "uint64 0" },
  { SHOALD_CONFIG_MAX_TRANSFERS, "u", FLAG_NONE, 1, 64, NULL, "uint32 10" },
  { SHOALD_CONFIG_MAX_CONNECTIONS, "u", FLAG_RESTART, 1, 65535, NULL, "uint32 512" },
  { SHOALD_CONFIG_CACHE_LIMIT_BYTES, "t", FLAG_NONE, 0, G_MAXINT64, NULL,
    "uint64 21474836480" },
  { SHOALD_CONFIG_METERED_POLICY, "s", FLAG_NONE, 0, 0, check_metered, "'serving'" },
  { SHOALD_CONFIG_AUTO_FETCH, "b", FLAG_NONE, 0, 0, NULL, "true" },
  { SHOALD_CONFIG_CHECK_INTERVAL_S, "u", FLAG_NONE, 60, 604800, NULL, "uint32 21600" },
  { SHOALD_CONFIG_IDLE_EXIT_S, "u", FLAG_NONE, 0, G_MAXUINT32 / 1000, NULL,
    "uint32 300" },
  { SHOALD_CONFIG_MINI_MASTER, "b", FLAG_READ_ONLY, 0, 0, NULL, "false" },
  { SHOALD_CONFIG_HTTP, "s", FLAG_READ_ONLY, 0, 0, NULL, "'127.0.0.1:8440'" },
  { SHOALD_CONFIG_SOURCE_STRATEGY, "s", FLAG_NONE, 0, 0, check_strategy,
    "'performance'" },
  { SHOALD_CONFIG_REGISTRY_MODE, "s", FLAG_NONE, 0, 0, check_registry, "'hybrid'" },
  { SHOALD_CONFIG_DHT_MODE, "s", FLAG_NONE, 0, 0, check_dht, "'auto'" },
  { SHOALD_CONFIG_DHT_PREFIX, "s", FLAG_RESTART, 0, 0, check_prefix, "'/ipfs'" },
  { SHOALD_CONFIG_MDNS, "b", FLAG_NONE, 0, 0, NULL, "true" },
  { SHOALD_CONFIG_ANNOUNCE, "b", FLAG_NONE, 0, 0, NULL, "true" },
};
/* clang-format on */

static const char *const sharing_names[]
    = { "undecided", "off", "download-only", "on", NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (sharing_names) == MESH_NODE_N_SHARING + 1);

static const char *const metered_names[] = { "none", "serving", "all", NULL };

static const char *const registry_names[] = { "central", "p2p", "hybrid", NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (registry_names) == MESH_NODE_N_REGISTRY + 1);

static const char *const dht_names[] = { "auto", "client", "server", "off", NULL };
G_STATIC_ASSERT (G_N_ELEMENTS (dht_names) == MESH_NODE_N_DHT + 1);

struct ShoaldConfig
{
  GVariant *values[G_N_ELEMENTS (settings)]; /* (owned) */
  gboolean is_saved[G_N_ELEMENTS (settings)];
};

static gssize
find (const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    if (strcmp (settings[i].key, key) == 0)
      return (gssize) i;
  return -1;
}

/* Checks of single settings. */

static gboolean
check_absolute (GVariant *value, GError **error)
{
  if (g_path_is_absolute (g_variant_get_string (value, NULL)))
    return TRUE;
  g_set_error_literal (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG,
                       "it must be an absolute path");
  return FALSE;
}

static gboolean
check_name (GVariant *value, const char *const *names, GError **error)
{
  g_autofree char *list = NULL;

  if (g_strv_contains (names, g_variant_get_string (value, NULL)))
    return TRUE;
  list = g_strjoinv (", ", (char **) names);
  g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG, "“%s” is none of: %s",
               g_variant_get_string (value, NULL), list);
  return FALSE;
}

static gboolean
check_sharing (GVariant *value, GError **error)
{
  return check_name (value, sharing_names, error);
}

static gboolean
check_metered (GVariant *value, GError **error)
{
  return check_name (value, metered_names, error);
}

static gboolean
check_strategy (GVariant *value, GError **error)
{
  MeshSourceStrategy strategy;
  const char *name = g_variant_get_string (value, NULL);

  if (mesh_source_strategy_from_name (name, &strategy))
    return TRUE;
  g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG,
               "“%s” is none of: performance, trust, privacy, cost", name);
  return FALSE;
}

static gboolean
check_registry (GVariant *value, GError **error)
{
  return check_name (value, registry_names, error);
}

static gboolean
check_dht (GVariant *value, GError **error)
{
  return check_name (value, dht_names, error);
}

/* Lets the mesh library judge one field of an otherwise empty configuration. */
static gboolean
check_with_node (MeshNodeConfig *node, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (mesh_node_config_validate (node, &local))
    return TRUE;
  g_set_error_literal (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG, local->message);
  return FALSE;
}

static gboolean
check_listen (GVariant *value, GError **error)
{
  g_autoptr (MeshNodeConfig) node = mesh_node_config_new ("/");

  g_strfreev (node->listen);
  node->listen = g_variant_dup_strv (value, NULL);
  return check_with_node (node, error);
}

static gboolean
check_bootstrap (GVariant *value, GError **error)
{
  g_autoptr (MeshNodeConfig) node = mesh_node_config_new ("/");

  g_strfreev (node->bootstrap);
  node->bootstrap = g_variant_dup_strv (value, NULL);
  return check_with_node (node, error);
}

static gboolean
check_prefix (GVariant *value, GError **error)
{
  g_autoptr (MeshNodeConfig) node = mesh_node_config_new ("/");

  g_free (node->dht_prefix);
  node->dht_prefix = g_variant_dup_string (value, NULL);
  return check_with_node (node, error);
}

static gboolean
check_gateways (GVariant *value, GError **error)
{
  g_autoptr (MeshNodeConfig) node = mesh_node_config_new ("/");

  g_strfreev (node->gateways);
  node->gateways = g_variant_dup_strv (value, NULL);
  return check_with_node (node, error);
}

static gboolean
check_master (GVariant *value, GError **error)
{
  g_autoptr (MeshNodeConfig) node = mesh_node_config_new ("/");

  if (*g_variant_get_string (value, NULL) == '\0')
    return TRUE;
  node->master_url = g_variant_dup_string (value, NULL);
  return check_with_node (node, error);
}

static gboolean
check_number (const Setting *setting, guint64 number, GError **error)
{
  if (number >= setting->min && number <= setting->max)
    return TRUE;
  g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG,
               "%" G_GUINT64_FORMAT " is not from %" G_GUINT64_FORMAT
               " to %" G_GUINT64_FORMAT,
               number, setting->min, setting->max);
  return FALSE;
}

static gboolean
check_lengths (GVariant *value, GError **error)
{
  gboolean is_list = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY);
  gsize n = is_list ? g_variant_n_children (value) : 1;

  if (n > SHOALD_CONFIG_MAX_LIST_LEN)
    {
      g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG,
                   "it has more than %d entries", SHOALD_CONFIG_MAX_LIST_LEN);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) text
          = is_list ? g_variant_get_child_value (value, i) : g_variant_ref (value);
      gsize len;
      const char *chars = g_variant_get_string (text, &len);

      if (len > SHOALD_CONFIG_MAX_TEXT_LEN || strpbrk (chars, "\n\r") != NULL)
        {
          g_set_error_literal (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG,
                               "the text is too long or has more than one line");
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_value (const Setting *setting, GVariant *value, GError **error)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (setting->type)))
    {
      g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG, "its type is “%s”, not “%s”",
                   setting->type, g_variant_get_type_string (value));
      return FALSE;
    }
  if (*setting->type == 'u')
    return check_number (setting, g_variant_get_uint32 (value), error);
  if (*setting->type == 't')
    return check_number (setting, g_variant_get_uint64 (value), error);
  if (*setting->type != 'b' && !check_lengths (value, error))
    return FALSE;
  return setting->check == NULL || setting->check (value, error);
}

gboolean
shoald_config_check (const char *key, GVariant *value, GError **error)
{
  gssize i = find (key);

  if (i < 0)
    {
      g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG, "There is no setting “%s”",
                   key);
      return FALSE;
    }
  if (check_value (&settings[i], value, error))
    return TRUE;
  g_prefix_error (error, "Setting “%s”: ", key);
  return FALSE;
}

/* The value. */

ShoaldConfig *
shoald_config_new (void)
{
  ShoaldConfig *config = g_new0 (ShoaldConfig, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      GVariant *value = g_variant_parse (G_VARIANT_TYPE (settings[i].type),
                                         settings[i].default_value, NULL, NULL, NULL);

      config->values[i] = g_variant_ref_sink (value);
    }
  return config;
}

ShoaldConfig *
shoald_config_copy (const ShoaldConfig *config)
{
  ShoaldConfig *copy = g_memdup2 (config, sizeof *config);

  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    g_variant_ref (copy->values[i]);
  return copy;
}

void
shoald_config_free (ShoaldConfig *config)
{
  if (config == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    g_variant_unref (config->values[i]);
  g_free (config);
}

const char *
shoald_config_get_type_string (const char *key)
{
  gssize i = find (key);

  return i >= 0 ? settings[i].type : NULL;
}

void
shoald_config_set (ShoaldConfig *config,
                   const char *key,
                   GVariant *value,
                   gboolean is_saved)
{
  gssize i = find (key);

  g_return_if_fail (i >= 0);
  g_return_if_fail (g_variant_is_of_type (value, G_VARIANT_TYPE (settings[i].type)));

  g_variant_ref_sink (value);
  g_variant_unref (config->values[i]);
  config->values[i] = value;
  config->is_saved[i] = is_saved;
}

ShoaldConfig *
shoald_config_change (const ShoaldConfig *config,
                      GVariant *values,
                      char ***restart_needed,
                      GError **error)
{
  g_autoptr (ShoaldConfig) changed = shoald_config_copy (config);
  g_autoptr (GStrvBuilder) restart = g_strv_builder_new ();
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      gssize i = find (key);

      if (!shoald_config_check (key, value, error))
        return NULL;
      if ((settings[i].flags & FLAG_READ_ONLY) != 0)
        {
          g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG,
                       "Setting “%s” can only be changed in the configuration file or on "
                       "the command line",
                       key);
          return NULL;
        }
      if ((settings[i].flags & FLAG_RESTART) != 0
          && !g_variant_equal (value, config->values[i]))
        g_strv_builder_add (restart, key);
      shoald_config_set (changed, key, value, TRUE);
    }
  if (restart_needed != NULL)
    *restart_needed = g_strv_builder_end (restart);
  return g_steal_pointer (&changed);
}

GVariant *
shoald_config_to_variant (const ShoaldConfig *config)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    g_variant_dict_insert_value (&dict, settings[i].key, config->values[i]);
  return g_variant_dict_end (&dict);
}

GVariant *
shoald_config_get (const ShoaldConfig *config, const char *key)
{
  gssize i = find (key);

  g_return_val_if_fail (i >= 0, NULL);
  return config->values[i];
}

const char *
shoald_config_get_string (const ShoaldConfig *config, const char *key)
{
  return g_variant_get_string (shoald_config_get (config, key), NULL);
}

gboolean
shoald_config_get_boolean (const ShoaldConfig *config, const char *key)
{
  return g_variant_get_boolean (shoald_config_get (config, key));
}

guint
shoald_config_get_uint (const ShoaldConfig *config, const char *key)
{
  return g_variant_get_uint32 (shoald_config_get (config, key));
}

guint64
shoald_config_get_uint64 (const ShoaldConfig *config, const char *key)
{
  return g_variant_get_uint64 (shoald_config_get (config, key));
}

char **
shoald_config_dup_strv (const ShoaldConfig *config, const char *key)
{
  return g_variant_dup_strv (shoald_config_get (config, key), NULL);
}

gboolean
shoald_config_is_saved (const ShoaldConfig *config, const char *key)
{
  gssize i = find (key);

  return i >= 0 && config->is_saved[i];
}

const char *const *
shoald_config_list_keys (void)
{
  static const char *keys[G_N_ELEMENTS (settings) + 1];

  for (gsize i = 0; keys[0] == NULL && i < G_N_ELEMENTS (settings); i++)
    keys[G_N_ELEMENTS (settings) - 1 - i] = settings[G_N_ELEMENTS (settings) - 1 - i].key;
  return keys;
}

/* The place of the value of @key in @names; the value was checked. */
static guint
get_choice (const ShoaldConfig *config, const char *key, const char *const *names)
{
  const char *name = shoald_config_get_string (config, key);

  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], name) == 0)
      return i;
  return 0;
}

/* What concerns the mesh. A mini-master is what others start from. */
static void
mesh_to_node (const ShoaldConfig *config, MeshNodeConfig *node)
{
  node->registry = (MeshNodeRegistry) get_choice (config, SHOALD_CONFIG_REGISTRY_MODE,
                                                  registry_names);
  node->is_mini_master = shoald_config_get_boolean (config, SHOALD_CONFIG_MINI_MASTER);
  node->dht = (MeshNodeDht) get_choice (config, SHOALD_CONFIG_DHT_MODE, dht_names);
  if (node->is_mini_master)
    node->dht = MESH_NODE_DHT_SERVER;
  g_free (node->dht_prefix);
  node->dht_prefix
      = g_strdup (shoald_config_get_string (config, SHOALD_CONFIG_DHT_PREFIX));
  node->has_mdns = shoald_config_get_boolean (config, SHOALD_CONFIG_MDNS);
  node->is_announcing = shoald_config_get_boolean (config, SHOALD_CONFIG_ANNOUNCE);
}

MeshNodeConfig *
shoald_config_to_node (const ShoaldConfig *config)
{
  MeshNodeConfig *node
      = mesh_node_config_new (shoald_config_get_string (config, SHOALD_CONFIG_DATA_DIR));
  const char *master = shoald_config_get_string (config, SHOALD_CONFIG_MASTER_URL);

  g_strfreev (node->listen);
  node->listen = shoald_config_dup_strv (config, SHOALD_CONFIG_LISTEN);
  g_strfreev (node->bootstrap);
  node->bootstrap = shoald_config_dup_strv (config, SHOALD_CONFIG_BOOTSTRAP);
  g_strfreev (node->gateways);
  node->gateways = shoald_config_dup_strv (config, SHOALD_CONFIG_GATEWAYS);
  node->master_url = *master != '\0' ? g_strdup (master) : NULL;
  node->sharing
      = (MeshNodeSharing) get_choice (config, SHOALD_CONFIG_SHARING_MODE, sharing_names);
  mesh_to_node (config, node);
  if (!mesh_source_strategy_from_name (
          shoald_config_get_string (config, SHOALD_CONFIG_SOURCE_STRATEGY),
          &node->strategy))
    node->strategy = MESH_SOURCE_STRATEGY_PERFORMANCE;
  node->cache_limit_bytes
      = shoald_config_get_uint64 (config, SHOALD_CONFIG_CACHE_LIMIT_BYTES);
  node->upload_bps = shoald_config_get_uint64 (config, SHOALD_CONFIG_MAX_UPLOAD_BPS);
  node->download_bps = shoald_config_get_uint64 (config, SHOALD_CONFIG_MAX_DOWNLOAD_BPS);
  node->max_connections = shoald_config_get_uint (config, SHOALD_CONFIG_MAX_CONNECTIONS);
  node->poll_interval_s = shoald_config_get_uint (config, SHOALD_CONFIG_CHECK_INTERVAL_S);
  node->is_auto_staging = shoald_config_get_boolean (config, SHOALD_CONFIG_AUTO_FETCH);
  return node;
}
