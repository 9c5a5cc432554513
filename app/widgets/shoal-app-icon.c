/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "widgets/shoal-app-icon.h"

#define FALLBACK_ICON "application-x-executable"

struct _ShoalAppIcon
{
  AdwBin parent_instance;

  GtkWidget *image;  /* (owned): our child, if there is an icon or no name */
  GtkWidget *avatar; /* (owned): our child, if there is only a name */
  char *icon_path;   /* (owned) (nullable) */
  char *app_name;    /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (ShoalAppIcon, shoal_app_icon, ADW_TYPE_BIN)

enum
{
  PROP_ICON_PATH = 1,
  PROP_APP_NAME,
  PROP_PIXEL_SIZE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/*
 * A file of another's making: read at the size it is shown in. When it is no image,
 * the initials of the name take its place, or the general icon.
 */
static void
load_icon (ShoalAppIcon *self)
{
  int size = gtk_image_get_pixel_size (GTK_IMAGE (self->image))
             * gtk_widget_get_scale_factor (GTK_WIDGET (self));
  g_autoptr (GdkPixbuf) pixbuf = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  if (self->icon_path != NULL && g_path_is_absolute (self->icon_path))
    pixbuf = gdk_pixbuf_new_from_file_at_size (self->icon_path, size, size, NULL);
  adw_avatar_set_text (ADW_AVATAR (self->avatar), self->app_name);
  if (pixbuf == NULL && self->app_name != NULL && *self->app_name != '\0')
    {
      adw_bin_set_child (ADW_BIN (self), self->avatar);
      return;
    }
  adw_bin_set_child (ADW_BIN (self), self->image);
  if (pixbuf == NULL)
    {
      gtk_image_set_from_icon_name (GTK_IMAGE (self->image), FALLBACK_ICON);
      return;
    }
  texture = gdk_texture_new_for_pixbuf (pixbuf);
  gtk_image_set_from_paintable (GTK_IMAGE (self->image), GDK_PAINTABLE (texture));
}

static void
set_icon_path (ShoalAppIcon *self, const char *icon_path)
{
  if (g_strcmp0 (self->icon_path, icon_path) == 0)
    return;
  g_free (self->icon_path);
  self->icon_path = g_strdup (icon_path);
  load_icon (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ICON_PATH]);
}

static void
set_app_name (ShoalAppIcon *self, const char *app_name)
{
  if (g_strcmp0 (self->app_name, app_name) == 0)
    return;
  g_free (self->app_name);
  self->app_name = g_strdup (app_name);
  load_icon (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_APP_NAME]);
}

static void
shoal_app_icon_get_property (GObject *object,
                             guint prop_id,
                             GValue *value,
                             GParamSpec *pspec)
{
  ShoalAppIcon *self = SHOAL_APP_ICON (object);

  if (prop_id == PROP_ICON_PATH)
    g_value_set_string (value, self->icon_path);
  else if (prop_id == PROP_APP_NAME)
    g_value_set_string (value, self->app_name);
  else
    g_value_set_int (value, gtk_image_get_pixel_size (GTK_IMAGE (self->image)));
}

static void
shoal_app_icon_set_property (GObject *object,
                             guint prop_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  ShoalAppIcon *self = SHOAL_APP_ICON (object);

  if (prop_id == PROP_ICON_PATH)
    set_icon_path (self, g_value_get_string (value));
  else if (prop_id == PROP_APP_NAME)
    set_app_name (self, g_value_get_string (value));
  else
    {
      adw_avatar_set_size (ADW_AVATAR (self->avatar), g_value_get_int (value));
      gtk_image_set_pixel_size (GTK_IMAGE (self->image), g_value_get_int (value));
      load_icon (self);
    }
}

static void
shoal_app_icon_dispose (GObject *object)
{
  g_clear_object (&SHOAL_APP_ICON (object)->image);
  g_clear_object (&SHOAL_APP_ICON (object)->avatar);
  G_OBJECT_CLASS (shoal_app_icon_parent_class)->dispose (object);
}

static void
shoal_app_icon_finalize (GObject *object)
{
  g_free (SHOAL_APP_ICON (object)->icon_path);
  g_free (SHOAL_APP_ICON (object)->app_name);
  G_OBJECT_CLASS (shoal_app_icon_parent_class)->finalize (object);
}

static void
shoal_app_icon_class_init (ShoalAppIconClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = shoal_app_icon_get_property;
  object_class->set_property = shoal_app_icon_set_property;
  object_class->dispose = shoal_app_icon_dispose;
  object_class->finalize = shoal_app_icon_finalize;
  props[PROP_ICON_PATH] = g_param_spec_string ("icon-path", NULL, NULL, NULL,
                                               flags | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_APP_NAME] = g_param_spec_string ("app-name", NULL, NULL, NULL,
                                              flags | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_PIXEL_SIZE]
      = g_param_spec_int ("pixel-size", NULL, NULL, 16, 512, 32, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass),
                                        GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
shoal_app_icon_init (ShoalAppIcon *self)
{
  self->image = g_object_ref_sink (gtk_image_new_from_icon_name (FALLBACK_ICON));
  self->avatar = g_object_ref_sink (adw_avatar_new (32, NULL, TRUE));
  gtk_image_set_pixel_size (GTK_IMAGE (self->image), 32);
  gtk_widget_add_css_class (self->image, "icon-dropshadow");
  adw_bin_set_child (ADW_BIN (self), self->image);
}
