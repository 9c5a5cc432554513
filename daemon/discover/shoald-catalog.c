/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "discover/shoald-catalog.h"

#include "discover/shoald-evidence.h"

struct _ShoaldCatalog
{
  GObject parent_instance;

  ShoaldEngine *engine;      /* (owned) */
  MeshRegistry *registry;    /* (owned) (nullable): while the node runs */
  GCancellable *cancellable; /* (owned): of the list that is being asked for */
  GVariant *categories;      /* (owned) */
  GVariant *split_views;     /* (owned) */
  GHashTable *evidence;      /* (owned) (element-type gint64 ShoaldEvidence): by id;
                                those without a folder are being kept */
  guint size;
  guint timer_id;
  gboolean is_asking;
  gboolean is_stale; /* something changed while the list was being asked for */
};

G_DEFINE_FINAL_TYPE (ShoaldCatalog, shoald_catalog, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void plan (ShoaldCatalog *self);

/* Categories and size. */

static GVariant *
describe_categories (GPtrArray *categories)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < categories->len; i++)
    {
      const MeshRegistryCategory *category = g_ptr_array_index (categories, i);
      g_autofree char *name = g_utf8_make_valid (category->name, -1);

      g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&builder, "{sv}", "id", g_variant_new_string (name));
      g_variant_builder_add (
          &builder, "{sv}", "count",
          g_variant_new_uint32 ((guint32) MIN (category->n_apps, G_MAXUINT32)));
      g_variant_builder_close (&builder);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* Takes @list; whether it is another one. */
static gboolean
take (GVariant **field, GVariant *list)
{
  g_autoptr (GVariant) old = *field;

  *field = list;
  return !g_variant_equal (old, list);
}

static void
listed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ShoaldCatalog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) categories
      = mesh_registry_list_categories_finish (MESH_REGISTRY (object), result, &error);
  MeshRegistryStats stats;
  gboolean is_new;

  self->is_asking = FALSE;
  if (categories == NULL)
    {
      g_debug ("The categories are not known: %s", error->message);
      return;
    }
  if (self->registry == NULL)
    return;
  mesh_registry_get_stats (self->registry, &stats);
  is_new = take (&self->categories, describe_categories (categories));
  if (is_new || self->size != stats.n_listings)
    {
      self->size = (guint) MIN (stats.n_listings, G_MAXUINT);
      g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
    }
  if (self->is_stale)
    plan (self);
}

static gboolean
ask_cb (gpointer user_data)
{
  ShoaldCatalog *self = user_data;

  self->timer_id = 0;
  self->is_asking = TRUE;
  self->is_stale = FALSE;
  mesh_registry_list_categories_async (self->registry, self->cancellable, listed_cb,
                                       g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
plan (ShoaldCatalog *self)
{
  if (self->is_asking)
    self->is_stale = TRUE;
  else if (self->timer_id == 0)
    self->timer_id = g_timeout_add (SHOALD_CATALOG_DELAY_MS, ask_cb, self);
}

static void
announced_cb (MeshRegistry *registry,
              MeshAnnouncement *announcement,
              gboolean is_verified,
              gpointer user_data)
{
  plan (user_data);
}

/* Split views. */

static void
put_text (GVariantDict *dict, const char *key, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  g_variant_dict_insert (dict, key, "s", valid);
}

static void
put_proof (GVariantDict *dict, const char *key, GBytes *proof)
{
  g_autoptr (GBytes) bytes
      = proof != NULL ? g_bytes_ref (proof) : g_bytes_new_static ("", 0);

  g_variant_dict_insert_value (
      dict, key, g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE));
}

static GVariant *
describe_view (ShoaldCatalog *self, const MeshSplitView *view, gboolean has_proofs)
{
  const ShoaldEvidence *evidence = g_hash_table_lookup (self->evidence, &view->id);
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, view->id);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  put_text (&dict, "id", id);
  put_text (&dict, "app", view->app_id);
  put_text (&dict, "channel", view->channel);
  put_text (&dict, "kind", mesh_split_view_get_nick (view->kind));
  put_text (&dict, "message", view->sentence);
  put_text (&dict, "a-source", view->a_source);
  put_text (&dict, "b-source", view->b_source);
  put_text (&dict, "a-version", view->a_version);
  put_text (&dict, "b-version", view->b_version);
  put_text (&dict, "a-digest", evidence != NULL ? evidence->a_digest : NULL);
  put_text (&dict, "b-digest", evidence != NULL ? evidence->b_digest : NULL);
  put_text (&dict, "evidence", evidence != NULL ? evidence->folder : NULL);
  g_variant_dict_insert (&dict, "time", "x", view->seen_s);
  g_variant_dict_insert (&dict, "a-counter", "t", view->a_counter);
  g_variant_dict_insert (&dict, "b-counter", "t", view->b_counter);
  if (has_proofs)
    {
      put_proof (&dict, "a-proof", view->a_proof);
      put_proof (&dict, "b-proof", view->b_proof);
    }
  return g_variant_dict_end (&dict);
}

static void keep (ShoaldCatalog *self, const MeshSplitView *view);

static gboolean
read_views (ShoaldCatalog *self)
{
  g_autoptr (GPtrArray) views = mesh_registry_dup_split_views (self->registry);
  GVariantBuilder builder;

  /* Those that are gone from the list add up; the rest are just written again. */
  if (g_hash_table_size (self->evidence) > 4 * SHOALD_CATALOG_MAX_SPLIT_VIEWS)
    g_hash_table_remove_all (self->evidence);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < MIN (views->len, SHOALD_CATALOG_MAX_SPLIT_VIEWS); i++)
    {
      const MeshSplitView *view = g_ptr_array_index (views, i);

      keep (self, view);
      g_variant_builder_add_value (&builder, describe_view (self, view, FALSE));
    }
  return take (&self->split_views, g_variant_ref_sink (g_variant_builder_end (&builder)));
}

static void
views_changed_cb (MeshRegistry *registry, gpointer user_data)
{
  ShoaldCatalog *self = user_data;

  if (read_views (self))
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
kept_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ShoaldCatalog) self = user_data;
  g_autoptr (GError) error = NULL;
  ShoaldEvidence *evidence
      = shoald_evidence_keep_finish (MESH_WORK_POOL (object), result, &error);

  if (evidence == NULL)
    {
      /* The database has it; the files are tried again at the next start. */
      g_warning ("The evidence of a split view is not kept as files: %s", error->message);
      return;
    }
  g_hash_table_replace (self->evidence, &evidence->id, evidence);
  if (self->registry != NULL)
    views_changed_cb (self->registry, self);
}

/* Once for each view while this daemon runs. */
static void
keep (ShoaldCatalog *self, const MeshSplitView *view)
{
  MeshNode *node = shoald_engine_get_node (self->engine);
  ShoaldEvidence *none;

  if (node == NULL || g_hash_table_contains (self->evidence, &view->id))
    return;
  none = g_new0 (ShoaldEvidence, 1);
  none->id = view->id;
  g_hash_table_insert (self->evidence, &none->id, none);
  shoald_evidence_keep_async (
      mesh_node_get_pool (node),
      shoald_config_get_string (shoald_engine_get_config (self->engine),
                                SHOALD_CONFIG_DATA_DIR),
      view, kept_cb, g_object_ref (self));
}

static gboolean
parse_id (const char *text, gint64 *id, GError **error)
{
  if (g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, id, NULL))
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND, "There is no split view “%s”",
               text);
  return FALSE;
}

GVariant *
shoald_catalog_get_split_view (ShoaldCatalog *self, const char *id, GError **error)
{
  g_autoptr (GPtrArray) views = NULL;
  gint64 number;

  if (!shoald_engine_check_running (self->engine, error)
      || !parse_id (id, &number, error))
    return NULL;
  views = mesh_registry_dup_split_views (self->registry);
  for (guint i = 0; i < views->len; i++)
    {
      const MeshSplitView *view = g_ptr_array_index (views, i);

      if (view->id == number)
        return describe_view (self, view, TRUE);
    }
  g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND, "There is no split view “%s”",
               id);
  return NULL;
}

gboolean
shoald_catalog_dismiss_split_view (ShoaldCatalog *self, const char *id, GError **error)
{
  gint64 number;

  if (!shoald_engine_check_running (self->engine, error)
      || !parse_id (id, &number, error))
    return FALSE;
  if (mesh_registry_dismiss_split_view (self->registry, number))
    return TRUE;
  g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND, "There is no split view “%s”",
               id);
  return FALSE;
}

/* The registry comes and goes with the node. */

static void
set_registry (ShoaldCatalog *self, MeshRegistry *registry)
{
  if (self->registry == registry)
    return;
  if (self->registry != NULL)
    g_signal_handlers_disconnect_by_data (self->registry, self);
  g_clear_handle_id (&self->timer_id, g_source_remove);
  g_set_object (&self->registry, registry);
  if (registry == NULL)
    return;
  g_signal_connect_object (registry, "announced", G_CALLBACK (announced_cb), self, 0);
  g_signal_connect_object (registry, "split-views-changed", G_CALLBACK (views_changed_cb),
                           self, 0);
  self->timer_id = g_timeout_add (0, ask_cb, self);
  views_changed_cb (registry, self);
}

static void
engine_changed_cb (ShoaldEngine *engine, gpointer user_data)
{
  MeshNode *node = shoald_engine_get_node (engine);

  set_registry (user_data, node != NULL ? mesh_node_get_registry (node) : NULL);
}

static void
shoald_catalog_dispose (GObject *object)
{
  ShoaldCatalog *self = SHOALD_CATALOG (object);

  set_registry (self, NULL);
  g_cancellable_cancel (self->cancellable);
  if (self->engine != NULL)
    g_signal_handlers_disconnect_by_data (self->engine, self);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (shoald_catalog_parent_class)->dispose (object);
}

static void
shoald_catalog_finalize (GObject *object)
{
  ShoaldCatalog *self = SHOALD_CATALOG (object);

  g_object_unref (self->cancellable);
  g_variant_unref (self->categories);
  g_variant_unref (self->split_views);
  g_hash_table_unref (self->evidence);
  G_OBJECT_CLASS (shoald_catalog_parent_class)->finalize (object);
}

static void
shoald_catalog_class_init (ShoaldCatalogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoald_catalog_dispose;
  G_OBJECT_CLASS (klass)->finalize = shoald_catalog_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
shoald_catalog_init (ShoaldCatalog *self)
{
  self->cancellable = g_cancellable_new ();
  self->categories = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  self->split_views = g_variant_ref (self->categories);
  self->evidence = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                          (GDestroyNotify) shoald_evidence_free);
}

ShoaldCatalog *
shoald_catalog_new (ShoaldEngine *engine)
{
  ShoaldCatalog *self = g_object_new (SHOALD_TYPE_CATALOG, NULL);

  self->engine = g_object_ref (engine);
  g_signal_connect (engine, "changed", G_CALLBACK (engine_changed_cb), self);
  engine_changed_cb (engine, self);
  return self;
}

GVariant *
shoald_catalog_get_categories (ShoaldCatalog *self)
{
  return self->categories;
}

GVariant *
shoald_catalog_get_split_views (ShoaldCatalog *self)
{
  return self->split_views;
}

guint
shoald_catalog_get_size (ShoaldCatalog *self)
{
  return self->size;
}
