//! Sees through the invisible groups that macros by example put around their fragments.

use syn::{Expr, Type};

/// The expression inside groups and parentheses: a `$value:literal` or `$value:expr` arrives in a
/// group.
pub(crate) fn bare_expr(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => bare_expr(&group.expr),
        Expr::Paren(paren) => bare_expr(&paren.expr),
        _ => expr,
    }
}

/// The type inside groups and parentheses: a `$type:ty` arrives in a group.
pub(crate) fn bare_type(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare_type(&group.elem),
        Type::Paren(paren) => bare_type(&paren.elem),
        _ => ty,
    }
}
